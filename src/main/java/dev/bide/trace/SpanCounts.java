package dev.bide.trace;

import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.sdk.common.CompletableResultCode;
import io.opentelemetry.sdk.metrics.InstrumentType;
import io.opentelemetry.sdk.metrics.data.AggregationTemporality;
import io.opentelemetry.sdk.metrics.export.CollectionRegistration;
import io.opentelemetry.sdk.metrics.export.MetricReader;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.export.SpanExporter;
import java.util.Collection;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Counts spans: those that were sent or should have been, and by OpenTelemetry's own figures those that found its queue full. Thread-safe. */
final class SpanCounts implements MetricReader {
    /** As OpenTelemetry's batching processor calls them. */
    private static final String PROCESSED = "processedSpans";

    private static final AttributeKey<Boolean> DROPPED = AttributeKey.booleanKey("dropped");

    private static final Logger LOG = LoggerFactory.getLogger(SpanCounts.class);

    /** Between two lines of the log about it, while spans are not taken. */
    private static final long QUIET_NANOS = TimeUnit.MINUTES.toNanos(1);

    private final AtomicLong quietUntil = new AtomicLong(System.nanoTime());
    private final LongAdder exported = new LongAdder();
    private final LongAdder failed = new LongAdder();
    private volatile CollectionRegistration source = CollectionRegistration.noop();

    /** What it sends is counted. */
    SpanExporter counting(SpanExporter exporter) {
        return new SpanExporter() {
            @Override
            public CompletableResultCode export(Collection<SpanData> spans) {
                int number = spans.size();
                CompletableResultCode result = exporter.export(spans);
                return result.whenComplete(() -> {
                    (result.isSuccess() ? exported : failed).add(number);
                    if (!result.isSuccess()) {
                        tell(result.getFailureThrowable());
                    }
                });
            }

            @Override
            public CompletableResultCode flush() {
                return exporter.flush();
            }

            @Override
            public CompletableResultCode shutdown() {
                return exporter.shutdown();
            }
        };
    }

    private void tell(@Nullable Throwable why) {
        long now = System.nanoTime();
        long until = quietUntil.get();
        if (now - until >= 0 && quietUntil.compareAndSet(until, now + QUIET_NANOS)) {
            LOG.warn(
                    "The receiver of traces does not take them, and {} spans are lost so far; nothing else suffers: {}",
                    figures().lost(),
                    why == null ? "no reason given" : why.toString());
        }
    }

    TraceFigures figures() {
        return new TraceFigures(exported.sum(), failed.sum() + dropped());
    }

    private long dropped() {
        return source.collectAllMetrics().stream()
                .filter(metric -> metric.getName().equals(PROCESSED))
                .flatMap(metric -> metric.getLongSumData().getPoints().stream())
                .filter(point -> Boolean.TRUE.equals(point.getAttributes().get(DROPPED)))
                .mapToLong(point -> point.getValue())
                .sum();
    }

    @Override
    public void register(CollectionRegistration registration) {
        source = registration;
    }

    @Override
    public AggregationTemporality getAggregationTemporality(InstrumentType type) {
        return AggregationTemporality.CUMULATIVE;
    }

    @Override
    public CompletableResultCode forceFlush() {
        return CompletableResultCode.ofSuccess();
    }

    @Override
    public CompletableResultCode shutdown() {
        return CompletableResultCode.ofSuccess();
    }
}
