package dev.bide.loadtest;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.function.Supplier;

/** How a load test begins and ends. */
public final class Launch {
    /** A run with options of type {@code O}. */
    public interface Run<O> {
        boolean passes(O options) throws Exception;
    }

    private Launch() {}

    /**
     * Runs, and exits: with 0 if the run passed, 1 if it failed or broke off, 2 if the options are wrong.
     *
     * @param options throws an {@code IllegalArgumentException} that says what is wrong
     */
    public static <O> void exit(String usage, Supplier<O> options, Run<O> run) {
        O parsed;
        try {
            parsed = options.get();
        } catch (IllegalArgumentException e) {
            System.err.println(e.getMessage() + "\n" + usage);
            System.exit(2);
            return;
        }
        int status = 1;
        try {
            status = run.passes(parsed) ? 0 : 1;
        } catch (Exception e) {
            System.err.println("The run broke off: " + e.getMessage());
            e.printStackTrace();
        }
        System.exit(status);
    }

    /** A new directory in {@code parent} for a run's data and logs. */
    public static Path directory(Path jar, Path parent, String prefix) throws IOException {
        if (!Files.isReadable(jar)) {
            throw new IOException(jar + " is missing: mvn -DskipTests package");
        }
        Path directory = Files.createTempDirectory(parent, prefix);
        // The account that PostgreSQL runs as may have to pass through.
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));
        return directory;
    }
}
