package dev.bide.loadtest;

import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;

/** A command line, word by word. */
public final class Options {
    public static final Path JAR = Path.of("target", "bide.jar");
    public static final Path DIRECTORY = Path.of(System.getProperty("java.io.tmpdir"));

    private final Deque<String> words;
    private String option = "";

    public Options(String... arguments) {
        words = new ArrayDeque<>(List.of(arguments));
    }

    public boolean hasNext() {
        return !words.isEmpty();
    }

    public String next() {
        option = words.pop();
        return option;
    }

    /** Of the option that came last. */
    public String value() {
        if (words.isEmpty()) {
            throw new IllegalArgumentException(option + " needs a value");
        }
        return words.pop();
    }

    public int number() {
        String value = value();
        try {
            return Integer.parseInt(value);
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException(option + " must be a whole number, not " + value, e);
        }
    }

    public Path path() {
        return Path.of(value());
    }

    public IllegalArgumentException unknown() {
        return new IllegalArgumentException("unknown option " + option);
    }

    /** The words of an option that has several. */
    public static List<String> words(String value) {
        return value.isBlank() ? List.of() : List.of(value.strip().split("\\s+"));
    }
}
