package dev.bide.loadtest;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.stream.Stream;

/** All that a run started. It ends in the opposite order, also when this process is told to end. Safe for several threads. */
public final class Parts implements AutoCloseable {
    private final Deque<AutoCloseable> parts = new ArrayDeque<>();
    private boolean closed;

    public Parts() {
        Runtime.getRuntime().addShutdownHook(new Thread(this::close, "stop all parts"));
    }

    /** Takes it over: from now on it is closed with the others. */
    public <T extends AutoCloseable> T opened(T part) {
        synchronized (parts) {
            parts.push(part);
            if (closed) {
                close();
                throw new IllegalStateException("interrupted");
            }
        }
        return part;
    }

    /** Sees to it that nothing of a directory is left, if it is there then. */
    public void deletes(Path directory) {
        opened(() -> delete(directory));
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
