package dev.bide.loadtest;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A process of ours, whose output goes to a file. */
final class Part implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final String name;
    private final Process process;
    private final Path log;

    private Part(String name, Process process, Path log) {
        this.name = name;
        this.process = process;
        this.log = log;
    }

    static Part start(String name, Path log, Map<String, String> environment, List<String> command) throws IOException {
        ProcessBuilder builder =
                new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile());
        builder.environment().putAll(environment);
        return new Part(name, builder.start(), log);
    }

    /** The java that runs us. */
    static String java() {
        return Path.of(System.getProperty("java.home"), "bin", "java").toString();
    }

    long pid() {
        return process.pid();
    }

    boolean alive() {
        return process.isAlive();
    }

    /** Waits until the part says so; gives the match's first group. */
    String awaitLine(Pattern pattern) throws IOException, InterruptedException {
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (true) {
            boolean ended = !process.isAlive();
            String text = Files.readString(log);
            Matcher matcher = pattern.matcher(text);
            if (matcher.find()) {
                return matcher.group(1);
            }
            if (ended || System.nanoTime() > end) {
                throw new IOException(name + (ended ? " ended" : " is not up") + " without saying \"" + pattern
                        + "\"; it said:\n" + text.substring(Math.max(0, text.length() - 3000)));
            }
            process.waitFor(100, TimeUnit.MILLISECONDS);
        }
    }

    /** Asks it to end, and waits; ends it if it does not. */
    @Override
    public void close() {
        process.destroy();
        try {
            if (!process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
                System.err.println(name + " did not stop within " + PATIENCE.toSeconds() + " s; killed");
                process.destroyForcibly().waitFor();
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}
