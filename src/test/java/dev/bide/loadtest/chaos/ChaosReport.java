package dev.bide.loadtest.chaos;

import dev.bide.loadtest.Latencies;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/** A run's figures for people, and as the one line that programs read. */
final class ChaosReport {
    private static final int NAMED = 10;

    private ChaosReport() {}

    static String table(ChaosVerdict verdict, FaultLog faults, Latencies changes) {
        StringBuilder text = new StringBuilder();
        row(
                text,
                "accepted",
                verdict.accepted() + " timers and runs; " + verdict.unknown() + " requests were not answered");
        row(text, "calls", verdict.calls() + " to the good third party");
        for (Violation.Kind kind : Violation.Kind.values()) {
            row(text, name(kind), Long.toString(verdict.count(kind)));
        }
        row(text, "duplicates", Long.toString(verdict.duplicates()));
        row(text, "dead", verdict.dead() + ", of those for the good third party");
        row(
                text,
                "earliest",
                verdict.earliestMillis() + " ms before it was due (clocks are measured to "
                        + ChaosCheck.CLOCK_ERROR_MILLIS + " ms)");
        row(text, "lateness", percentiles(verdict.lateness()));
        row(text, "lateness of others", percentiles(verdict.othersLateness()));
        row(text, "changes answered", percentiles(changes));
        row(
                text,
                "faults",
                Arrays.stream(Fault.values())
                        .filter(fault -> faults.count(fault) > 0)
                        .map(fault -> fault + " " + faults.count(fault))
                        .collect(Collectors.joining(", ")));
        return text.toString();
    }

    private static String name(Violation.Kind kind) {
        return kind.name().toLowerCase(Locale.ROOT).replace('_', ' ');
    }

    private static void row(StringBuilder text, String name, String value) {
        text.append(String.format(Locale.ROOT, "  %-20s%s%n", name, value));
    }

    private static String percentiles(Latencies latencies) {
        return String.format(
                Locale.ROOT,
                "p50 %d  p95 %d  p99 %d  max %d ms",
                latencies.percentile(50),
                latencies.percentile(95),
                latencies.percentile(99),
                latencies.max());
    }

    /** A JSON object of percentiles. */
    static String json(Latencies latencies) {
        return String.format(
                Locale.ROOT,
                "{\"p50\":%d,\"p95\":%d,\"p99\":%d,\"max\":%d}",
                latencies.percentile(50),
                latencies.percentile(95),
                latencies.percentile(99),
                latencies.max());
    }

    /** Up to ten of those whose promise was broken, with all that is known of them. */
    static String histories(ChaosVerdict verdict, Map<String, List<Call>> calls, FinalState state) {
        StringBuilder text = new StringBuilder();
        Arrays.stream(Violation.Kind.values())
                .flatMap(kind -> verdict.violations().stream()
                        .filter(violation -> violation.kind() == kind)
                        .limit(NAMED / Violation.Kind.values().length + 1))
                .limit(NAMED)
                .forEach(violation -> {
                    Subject subject = violation.subject();
                    text.append(name(violation.kind()).toUpperCase(Locale.ROOT))
                            .append(": ")
                            .append(violation.what())
                            .append("\n  ")
                            .append(subject)
                            .append("\n  in the end: ")
                            .append(state.of(subject.name()))
                            .append('\n');
                    calls.getOrDefault(subject.name(), List.of())
                            .forEach(call -> text.append("  ").append(call).append('\n'));
                });
        return text.toString();
    }

    static String result(ChaosVerdict verdict, long seed) {
        return String.format(
                Locale.ROOT,
                "RESULT {\"accepted\":%d,\"lost\":%d,\"early\":%d,\"afterCancel\":%d,\"duplicates\":%d,\"unexplained\":%d,"
                        + "\"stuck\":%d,\"outOfOrder\":%d,\"dead\":%d,\"unknown\":%d,\"latenessMs\":%s,\"othersLatenessMs\":%s,\"seed\":%d}",
                verdict.accepted(),
                verdict.count(Violation.Kind.LOST),
                verdict.count(Violation.Kind.EARLY),
                verdict.count(Violation.Kind.AFTER_CANCEL),
                verdict.duplicates(),
                verdict.count(Violation.Kind.UNEXPLAINED),
                verdict.count(Violation.Kind.STUCK),
                verdict.count(Violation.Kind.OUT_OF_ORDER),
                verdict.dead(),
                verdict.unknown(),
                json(verdict.lateness()),
                json(verdict.othersLateness()),
                seed);
    }
}
