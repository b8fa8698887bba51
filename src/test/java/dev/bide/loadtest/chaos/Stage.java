package dev.bide.loadtest.chaos;

import dev.bide.loadtest.Parts;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A run's directory, and all that it started, which ends in the opposite order: also when this process is told to end. The logs stay. Safe for several threads. */
final class Stage implements AutoCloseable {
    private final Path directory;
    private final Parts parts = new Parts();

    Stage(Path directory) throws IOException {
        this.directory = directory;
        Files.createDirectories(logs());
        parts.deletes(data());
        parts.deletes(directory.resolve("programs"));
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
        return parts.opened(part);
    }

    @Override
    public void close() {
        parts.close();
    }
}
