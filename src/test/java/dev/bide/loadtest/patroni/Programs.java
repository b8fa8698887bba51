package dev.bide.loadtest.patroni;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * Debian's programs, where they are.
 *
 * @param postgres directory of PostgreSQL's own, with {@code pg_basebackup} and {@code pg_rewind}, which Patroni needs and the embedded ones lack
 */
public record Programs(Path patroni, Path patronictl, Path etcd, Path haproxy, Path postgres) {
    private static final List<Path> PLACES = Stream.concat(
                    Arrays.stream(System.getenv().getOrDefault("PATH", "").split(":"))
                            .filter(place -> !place.isEmpty())
                            .map(Path::of),
                    Stream.of(Path.of("/usr/bin"), Path.of("/usr/sbin"), Path.of("/usr/local/bin")))
            .toList();

    /**
     * @param postgres directory of the programs; empty for the newest of Debian's
     * @throws IOException that names the packages which are missing
     */
    public static Programs find(Optional<Path> postgres) throws IOException {
        TreeSet<String> missing = new TreeSet<>();
        Programs programs = new Programs(
                find("patroni", "patroni", missing),
                find("patronictl", "patroni", missing),
                find("etcd", "etcd-server", missing),
                find("haproxy", "haproxy", missing),
                postgres.isPresent() ? postgres.get() : debians(missing));
        if (!missing.isEmpty()) {
            throw new IOException("programs are missing; on Debian: apt-get install " + String.join(" ", missing));
        }
        return programs;
    }

    private static Path find(String program, String debianPackage, TreeSet<String> missing) {
        Optional<Path> found = PLACES.stream()
                .map(place -> place.resolve(program))
                .filter(Files::isExecutable)
                .findFirst();
        if (found.isEmpty()) {
            missing.add(debianPackage);
        }
        return found.orElse(Path.of(program));
    }

    private static Path debians(TreeSet<String> missing) throws IOException {
        Path versions = Path.of("/usr/lib/postgresql");
        Optional<Path> newest = Optional.empty();
        if (Files.isDirectory(versions)) {
            try (Stream<Path> all = Files.list(versions)) {
                newest = all.map(version -> version.resolve("bin"))
                        .filter(bin -> Files.isExecutable(bin.resolve("pg_rewind")))
                        .max((one, other) -> Integer.compare(major(one), major(other)));
            }
        }
        if (newest.isEmpty()) {
            missing.add("postgresql");
        }
        return newest.orElse(versions);
    }

    private static int major(Path bin) {
        String name = bin.getParent().getFileName().toString();
        return name.matches("\\d{1,3}") ? Integer.parseInt(name) : 0;
    }
}
