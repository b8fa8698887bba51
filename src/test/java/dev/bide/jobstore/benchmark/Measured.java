package dev.bide.jobstore.benchmark;

import java.util.Locale;

/** What one contender did. Rates are per second; the rest is per timer fired and removed. */
record Measured(
        String name,
        int timers,
        double stored,
        double fired,
        double statements,
        double walBytes,
        double jvmMillis,
        double postgresMillis,
        long p50,
        long p95,
        long p99) {

    static final String HEADER = String.format(
            "%-14s %9s %10s %10s %11s %10s %9s %9s %8s %8s %8s",
            "store",
            "timers",
            "stored/s",
            "fired/s",
            "statements",
            "WAL bytes",
            "JVM ms",
            "PG ms",
            "p50 ms",
            "p95 ms",
            "p99 ms");

    String row() {
        return String.format(
                Locale.ROOT,
                "%-14s %9d %10.0f %10.0f %11.3f %10.0f %9.3f %9.3f %8d %8d %8d",
                name,
                timers,
                stored,
                fired,
                statements,
                walBytes,
                jvmMillis,
                postgresMillis,
                p50,
                p95,
                p99);
    }

    String json() {
        return String.format(
                Locale.ROOT,
                "{\"timers\":%d,\"storedPerSecond\":%.0f,\"firedPerSecond\":%.0f,\"statementsPerTimer\":%.4f,\"walBytesPerTimer\":%.0f,"
                        + "\"cpuMsPerTimer\":{\"jvm\":%.4f,\"postgres\":%.4f},\"latenessMs\":{\"p50\":%d,\"p95\":%d,\"p99\":%d}}",
                timers,
                stored,
                fired,
                statements,
                walBytes,
                jvmMillis,
                postgresMillis,
                p50,
                p95,
                p99);
    }
}
