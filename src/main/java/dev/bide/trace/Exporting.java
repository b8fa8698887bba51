package dev.bide.trace;

import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.sdk.OpenTelemetrySdk;
import java.util.concurrent.TimeUnit;

/**
 * OpenTelemetry, running.
 *
 * @param failures whether what fails is sent whatever the sampler said
 */
record Exporting(OpenTelemetrySdk sdk, Tracer tracer, SpanCounts counts, boolean failures) implements AutoCloseable {
    /** Its part of what the machine grants a stop: the server (20 s), the calls (25 s) and their outcomes (5 s) come before. */
    private static final long LONGEST_STOP_SECONDS = 3;

    TraceFigures figures() {
        return counts.figures();
    }

    @Override
    public void close() {
        sdk.shutdown().join(LONGEST_STOP_SECONDS, TimeUnit.SECONDS);
    }
}
