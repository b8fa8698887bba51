package dev.bide.embedded;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** Runs a program of the operating system to its end. */
final class Command {
    private static final String DEFAULT_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

    /** What is told to end has as long. */
    private static final long END_SECONDS = 10;

    private Command() {}

    /** Its exit code, and what it wrote on standard output and standard error together. */
    record Result(int exitCode, String output) {
        boolean succeeded() {
            return exitCode == 0;
        }

        Result orThrow(String what) throws IOException {
            if (!succeeded()) {
                throw new IOException(what + " failed with exit code " + exitCode + ": " + output.strip());
            }
            return this;
        }
    }

    /** What its caller looks after while a program runs. */
    interface Meanwhile {
        /**
         * @param round 1, 2 and so on, ten a second
         * @throws IOException the program is to be ended; {@link #run} throws the same
         */
        void check(int round) throws IOException;
    }

    static Result run(List<String> command) throws IOException {
        return run(command, "", round -> {});
    }

    /**
     * @param standardInput what the program reads, ASCII and short enough for a pipe's buffer
     * @param meanwhile is called again and again while the program runs
     */
    static Result run(List<String> command, String standardInput, Meanwhile meanwhile) throws IOException {
        ProcessBuilder builder = new ProcessBuilder(command);
        // Not ours: it may be a directory that the program's account can't enter.
        builder.directory(Path.of("/").toFile());
        // Nothing of our environment: PG* variables would change what PostgreSQL does, and secrets are no business of a
        // child's.
        Map<String, String> environment = builder.environment();
        String path = environment.getOrDefault("PATH", DEFAULT_PATH);
        environment.clear();
        environment.putAll(Map.of("PATH", path + ":" + DEFAULT_PATH, "LC_ALL", "C", "TZ", "UTC", "HOME", "/"));
        builder.redirectErrorStream(true);
        Process process = builder.start();
        try (var input = process.getOutputStream()) {
            input.write(standardInput.getBytes(StandardCharsets.US_ASCII));
        }
        StringBuffer output = new StringBuffer();
        Thread reader = new Thread(() -> copy(process, output), "output of " + command.get(0));
        reader.setDaemon(true);
        reader.start();
        try {
            for (int round = 1; !process.waitFor(100, TimeUnit.MILLISECONDS); round++) {
                meanwhile.check(round);
            }
            reader.join(1_000);
        } catch (IOException e) {
            end(process);
            throw e;
        } catch (InterruptedException e) {
            end(process);
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted while waiting for " + command.get(0));
        }
        return new Result(process.exitValue(), output.toString());
    }

    /** With what it has started, which would go on for a while: initdb runs the server itself. */
    private static void end(Process process) {
        List<ProcessHandle> all = Stream.concat(process.descendants(), Stream.of(process.toHandle()))
                .toList();
        all.forEach(ProcessHandle::destroy);
        CompletableFuture<Void> ended =
                CompletableFuture.allOf(all.stream().map(ProcessHandle::onExit).toArray(CompletableFuture<?>[]::new));
        ended.completeOnTimeout(null, END_SECONDS, TimeUnit.SECONDS).join();
        all.forEach(ProcessHandle::destroyForcibly);
    }

    private static void copy(Process process, StringBuffer output) {
        try (var reader = process.inputReader(StandardCharsets.UTF_8)) {
            for (String line = reader.readLine(); line != null; line = reader.readLine()) {
                output.append(line).append('\n');
            }
        } catch (IOException e) {
            output.append("(output lost: ").append(e.getMessage()).append(")\n");
        }
    }
}
