package dev.bide.ops;

import dev.bide.ops.PromQl.Condition;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** A page of metrics, as Prometheus reads it. */
record Exposition(List<Series> all) {
    private static final Pattern LINE = Pattern.compile("([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\\{(.*)})? (\\S+)");
    private static final Pattern LABEL = Pattern.compile("(\\w+)=\"((?:[^\"\\\\]|\\\\.)*)\"");

    record Series(String name, Map<String, String> labels, double value) {
        boolean fits(Condition condition) {
            String value = labels.getOrDefault(condition.label(), "");
            return switch (condition.operator()) {
                case "=" -> value.equals(condition.value());
                case "!=" -> !value.equals(condition.value());
                case "=~" -> value.matches(condition.value());
                default -> !value.matches(condition.value());
            };
        }
    }

    static Exposition of(String page) {
        return new Exposition(page.lines()
                .filter(line -> !line.startsWith("#") && !line.isBlank())
                .map(Exposition::series)
                .toList());
    }

    private static Series series(String line) {
        Matcher parts = LINE.matcher(line);
        if (!parts.matches()) {
            throw new IllegalArgumentException("no series: " + line);
        }
        Map<String, String> labels = new HashMap<>();
        if (parts.group(2) != null) {
            LABEL.matcher(parts.group(2)).results().forEach(label -> labels.put(label.group(1), label.group(2)));
        }
        String value = parts.group(3);
        return new Series(
                parts.group(1), labels, value.equals("+Inf") ? Double.POSITIVE_INFINITY : Double.parseDouble(value));
    }

    Stream<Series> named(String name) {
        return all.stream().filter(series -> series.name().equals(name));
    }

    Set<String> labelsOf(String name) {
        Set<String> labels = new HashSet<>();
        named(name).forEach(series -> labels.addAll(series.labels().keySet()));
        return labels;
    }

    /** Of all series that have these labels and more. */
    double sum(String name, Map<String, String> labels) {
        return named(name)
                .filter(series -> series.labels().entrySet().containsAll(labels.entrySet()))
                .mapToDouble(Series::value)
                .sum();
    }
}
