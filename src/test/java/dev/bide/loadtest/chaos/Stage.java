package dev.bide.loadtest.chaos;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.stream.Stream;

/** A run's directory, and all that it started, which ends in the opposite order: also when this process is told to end. The logs stay. Safe for several threads. */
final class Stage implements AutoCloseable {
    private final Path directory;
    private final Deque<AutoCloseable> parts = new ArrayDeque<>();
    private boolean closed;

    Stage(Path parent, String prefix) throws IOException {
        directory = Files.createTempDirectory(parent, prefix);
        // The account that PostgreSQL runs as may have to pass through.
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));
        Files.createDirectories(logs());
        Runtime.getRuntime().addShutdownHook(new Thread(this::close, "stop all parts"));
        opened(() -> delete(data()));
        opened(() -> delete(directory.resolve("programs")));
    }

    Path directory() {
        return directory;
    }

    Path logs() {
        return directory.resolve("logs");
    }

    Path data() {
        return directory.resolve("data");
    }

    <T extends AutoCloseable> T opened(T part) {
        synchronized (parts) {
            parts.push(part);
            if (closed) {
                close();
                throw new IllegalStateException("interrupted");
            }
        }
        return part;
    }

    private static void delete(Path directory) throws IOException {
        if (Files.exists(directory)) {
            List<Path> all;
            try (Stream<Path> files = Files.walk(directory)) {
                all = files.sorted(Comparator.reverseOrder()).toList();
            }
            for (Path file : all) {
                Files.deleteIfExists(file);
            }
        }
    }

    @Override
    public void close() {
        synchronized (parts) {
            closed = true;
            while (!parts.isEmpty()) {
                try {
                    parts.pop().close();
                } catch (Exception e) {
                    System.err.println("Cannot stop a part: " + e);
                }
            }
        }
    }
}
