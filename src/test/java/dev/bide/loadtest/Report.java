package dev.bide.loadtest;

import java.util.Locale;

/** A run's figures for people, and as the one line that programs read. */
final class Report {
    private final Outcome outcome;
    private final StringBuilder text = new StringBuilder();

    private Report(Outcome outcome) {
        this.outcome = outcome;
    }

    static String table(Outcome outcome) {
        return new Report(outcome).table();
    }

    private String table() {
        LoadFigures load = outcome.load();
        Verdict verdict = outcome.verdict();
        Costs costs = outcome.costs();
        long timers = Math.max(1, load.accepted.get());
        row(
                "accepted",
                "%.1f/s (%d timers, %d asked for)",
                outcome.acceptedPerSecond(),
                load.accepted.get(),
                (long) outcome.options().rate() * outcome.options().seconds());
        row(
                "not accepted",
                "%d refused, %d wrongly answered, %d unanswered, %d not sent",
                load.refused.get(),
                load.wrong.get(),
                load.unanswered.get(),
                load.unsent.get());
        row("delivered", "%.1f/s", outcome.deliveredPerSecond());
        row(
                "lateness, by ledger",
                "p50 %d  p95 %d  p99 %d  max %d ms",
                verdict.lateness().percentile(50),
                verdict.lateness().percentile(95),
                verdict.lateness().percentile(99),
                verdict.lateness().max());
        row(
                "lateness, by service",
                "p50 %s  p95 %s  p99 %s ms",
                outcome.serviceLateness().percentileMillis(50),
                outcome.serviceLateness().percentileMillis(95),
                outcome.serviceLateness().percentileMillis(99));
        row(
                "accept",
                "p50 %.1f  p95 %.1f  p99 %.1f  max %.1f ms; up to %d requests at once",
                acceptMillis(50),
                acceptMillis(95),
                acceptMillis(99),
                load.acceptMicros.max() / 1000.0,
                load.connections.get());
        row("lost", "%d", verdict.lost());
        row("duplicates", "%d", verdict.duplicates());
        row("early", "%d", verdict.early());
        row("wrong due time", "%d", verdict.misdated());
        row("calls of unknown ids", "%d", verdict.unknown());
        row(
                "CPU a timer",
                "service %.3f  database %.3f  third party %.3f  generator %.3f ms (%.3f ms a request)",
                (double) costs.serviceCpu() / timers,
                (double) costs.databaseCpu() / timers,
                (double) costs.thirdPartyCpu() / timers,
                (double) costs.generatorCpu() / timers,
                (double) costs.generatorCpu() / Math.max(1, load.sent.get()));
        row("write-ahead log", "%d bytes a timer", costs.walBytes() / timers);
        row("disk", "%d bytes a finished timer", costs.historyBytes() / timers);
        return text.toString();
    }

    private void row(String name, String format, Object... values) {
        text.append(String.format(Locale.ROOT, "  %-22s", name))
                .append(String.format(Locale.ROOT, format, values))
                .append('\n');
    }

    private double acceptMillis(double percent) {
        return outcome.load().acceptMicros.percentile(percent) / 1000.0;
    }

    /** {@code RESULT} and a JSON object. */
    static String result(Outcome outcome) {
        Report report = new Report(outcome);
        Verdict verdict = outcome.verdict();
        Costs costs = outcome.costs();
        long timers = Math.max(1, outcome.load().accepted.get());
        return String.format(
                Locale.ROOT,
                "RESULT {\"acceptedPerSecond\":%.1f,\"deliveredPerSecond\":%.1f,"
                        + "\"latenessMs\":{\"p50\":%d,\"p95\":%d,\"p99\":%d,\"max\":%d},"
                        + "\"acceptMs\":{\"p50\":%.1f,\"p95\":%.1f,\"p99\":%.1f,\"max\":%.1f},"
                        + "\"lost\":%d,\"duplicates\":%d,\"early\":%d,"
                        + "\"cpuMsPerTimer\":{\"service\":%.3f,\"database\":%.3f},\"walBytesPerTimer\":%d,\"diskBytesPerTimer\":%d}",
                outcome.acceptedPerSecond(),
                outcome.deliveredPerSecond(),
                verdict.lateness().percentile(50),
                verdict.lateness().percentile(95),
                verdict.lateness().percentile(99),
                verdict.lateness().max(),
                report.acceptMillis(50),
                report.acceptMillis(95),
                report.acceptMillis(99),
                outcome.load().acceptMicros.max() / 1000.0,
                verdict.lost(),
                verdict.duplicates(),
                verdict.early(),
                (double) costs.serviceCpu() / timers,
                (double) costs.databaseCpu() / timers,
                costs.walBytes() / timers,
                costs.historyBytes() / timers);
    }
}
