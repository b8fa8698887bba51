package dev.bide.ops;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.bide.delivery.DeliveryOutcome;
import dev.bide.delivery.DeliveryOutcome.Reason;
import dev.bide.workflow.TimerStatus;
import dev.bide.workflow.store.FiredTimer;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.Exemplar;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.slf4j.MDC;

class EngineMetricsTest {
    private static final Instant DUE = Instant.parse("2027-03-01T08:00:00Z");

    private final PrometheusRegistry registry = new PrometheusRegistry();
    private final EngineMetrics metrics = new EngineMetrics(registry);

    @Test
    void lateness_is_that_of_the_first_attempt_only() {
        metrics.settled(timer(0), delivered(DUE.plusMillis(1500)), TimerStatus.DELIVERED);
        metrics.settled(timer(1), delivered(DUE.plusSeconds(100)), TimerStatus.DELIVERED);
        HistogramSnapshot.HistogramDataPointSnapshot lateness =
                histogram("bide_lateness_seconds").get(0);
        assertThat(lateness.getCount()).isEqualTo(1);
        assertThat(lateness.getSum()).isEqualTo(1.5);
    }

    @Test
    void calls_are_timed_whatever_came_of_them() {
        metrics.settled(timer(0), delivered(DUE), TimerStatus.DELIVERED);
        metrics.settled(
                timer(0),
                new DeliveryOutcome.Retryable(DUE, Duration.ofMillis(20), 503, "503", null),
                TimerStatus.RETRYING);
        metrics.settled(
                timer(0), new DeliveryOutcome.Refused(DUE, Duration.ofMillis(20), 400, "400"), TimerStatus.DEAD);
        HistogramSnapshot.HistogramDataPointSnapshot calls =
                histogram("bide_attempt_seconds").get(0);
        assertThat(calls.getCount()).isEqualTo(3);
        assertThat(calls.getSum()).isCloseTo(0.06, within(1e-9));
    }

    @Test
    void a_timer_that_was_put_off_had_no_call() {
        metrics.settled(
                timer(0),
                new DeliveryOutcome.Deferred(Duration.ofSeconds(1), Reason.BREAKER_OPEN),
                TimerStatus.SCHEDULED);
        assertThat(histogram("bide_attempt_seconds")).allMatch(point -> point.getCount() == 0);
        assertThat(histogram("bide_lateness_seconds")).allMatch(point -> point.getCount() == 0);
    }

    @Test
    void repairs_are_shown_from_the_start() {
        assertThat(repaired()).isZero();
        metrics.repaired("timer-without-trigger", 3);
        assertThat(repaired()).isEqualTo(3);
    }

    @Test
    void what_calls_ended_is_told_from_what_is_tried_again() {
        metrics.settled(timer(0), delivered(DUE), TimerStatus.DELIVERED);
        metrics.settled(timer(0), new DeliveryOutcome.Refused(DUE, Duration.ZERO, 400, "400"), TimerStatus.DEAD);
        metrics.settled(
                timer(0), new DeliveryOutcome.Retryable(DUE, Duration.ZERO, 503, "503", null), TimerStatus.RETRYING);
        assertThat(ended("delivered")).isEqualTo(1);
        assertThat(ended("dead")).isEqualTo(1);
    }

    @Test
    void lateness_leads_to_a_trace_where_there_is_one() {
        String trace = "0af7651916cd43dd8448eb211c80319c";
        try (MDC.MDCCloseable traced = MDC.putCloseable("trace.id", trace);
                MDC.MDCCloseable span = MDC.putCloseable("span.id", "b7ad6b7169203331")) {
            metrics.settled(timer(0), delivered(DUE.plusMillis(1500)), TimerStatus.DELIVERED);
        }
        Exemplar exemplar =
                histogram("bide_lateness_seconds").get(0).getExemplars().getLatest();
        assertThat(exemplar.getLabels().get("trace_id")).isEqualTo(trace);
        assertThat(exemplar.getLabels().get("span_id")).isEqualTo("b7ad6b7169203331");
        assertThat(exemplar.getValue()).isEqualTo(1.5);
    }

    private double ended(String status) {
        return ((CounterSnapshot) snapshot("bide_ended"))
                .getDataPoints().stream()
                        .filter(point -> point.getLabels().equals(Labels.of("status", status)))
                        .findFirst()
                        .orElseThrow()
                        .getValue();
    }

    private double repaired() {
        return ((CounterSnapshot) snapshot("bide_repaired"))
                .getDataPoints().stream()
                        .filter(point -> point.getLabels().equals(Labels.of("kind", "timer-without-trigger")))
                        .findFirst()
                        .orElseThrow()
                        .getValue();
    }

    private List<HistogramSnapshot.HistogramDataPointSnapshot> histogram(String name) {
        return ((HistogramSnapshot) snapshot(name)).getDataPoints();
    }

    private MetricSnapshot snapshot(String name) {
        return registry.scrape(name::equals).stream().findFirst().orElseThrow();
    }

    private static DeliveryOutcome delivered(Instant startedAt) {
        return new DeliveryOutcome.Delivered(startedAt, Duration.ofMillis(20), 200);
    }

    private static FiredTimer timer(int attempts) {
        return new FiredTimer(new UUID(1, 1), TimerStatus.SCHEDULED, DUE, DUE, attempts, attempts, null);
    }
}
