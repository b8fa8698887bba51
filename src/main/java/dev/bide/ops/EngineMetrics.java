package dev.bide.ops;

import dev.bide.delivery.DeliveryOutcome;
import dev.bide.engine.DeliveryObserver;
import dev.bide.engine.EngineFigures;
import dev.bide.workflow.TimerStatus;
import dev.bide.workflow.store.FiredTimer;
import dev.bide.workflow.store.RepairStore.StrayTimer;
import io.prometheus.metrics.core.datapoints.CounterDataPoint;
import io.prometheus.metrics.core.datapoints.DistributionDataPoint;
import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.core.metrics.CounterWithCallback;
import io.prometheus.metrics.core.metrics.GaugeWithCallback;
import io.prometheus.metrics.core.metrics.Histogram;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.prometheus.metrics.model.snapshots.Labels;
import java.time.Duration;
import java.util.function.Supplier;
import java.util.function.ToDoubleFunction;
import java.util.function.ToLongFunction;
import org.slf4j.MDC;

/** What the engine does, for Prometheus. Thread-safe. */
final class EngineMetrics implements DeliveryObserver {
    private static final double[] SECONDS = {0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2, 5, 10, 30, 60, 300, 1800};

    private final PrometheusRegistry registry;
    private final DistributionDataPoint lateness;
    private final DistributionDataPoint attempts;
    private final CounterDataPoint accepted;
    private final CounterDataPoint delivered;
    private final CounterDataPoint dead;
    private final Counter repaired;
    private final Counter unreadable;

    EngineMetrics(PrometheusRegistry registry) {
        this.registry = registry;
        this.lateness = Histogram.builder()
                .name("bide_lateness_seconds")
                .help("Start of a timer's first attempt minus its due time")
                .classicOnly()
                .classicUpperBounds(SECONDS)
                .register(registry);
        this.attempts = Histogram.builder()
                .name("bide_attempt_seconds")
                .help("How long calls to third parties took")
                .classicOnly()
                .classicUpperBounds(SECONDS)
                .register(registry);
        this.accepted = Counter.builder()
                .name("bide_accepted")
                .help("Timers that requests stored, lone ones or first ones of runs")
                .register(registry);
        Counter ended = Counter.builder()
                .name("bide_ended")
                .help("Timers that their calls ended, by what became of them")
                .labelNames("status")
                .register(registry);
        this.delivered = ended.labelValues("delivered");
        this.dead = ended.labelValues("dead");
        this.repaired = Counter.builder()
                .name("bide_repaired")
                .help("Timers whose triggers did not fit, found and mended; should stay 0")
                .labelNames("kind")
                .register(registry);
        this.unreadable = Counter.builder()
                .name("bide_unreadable")
                .help(
                        "Firings of timers that this version of the program can't read, and that wait for one that can; should stay 0")
                .register(registry);
        for (StrayTimer.Kind kind : StrayTimer.Kind.values()) {
            repaired.initLabelValues(kind.text());
        }
    }

    @Override
    public void accepted(int count) {
        accepted.inc(count);
    }

    @Override
    public void settled(FiredTimer timer, DeliveryOutcome outcome, TimerStatus status) {
        if (outcome instanceof DeliveryOutcome.Attempted attempted) {
            attempts.observe(attempted.duration().toNanos() / 1e9);
            if (timer.attemptsMade() == 0) {
                late(Duration.between(timer.dueAt(), attempted.startedAt()).toNanos() / 1e9);
            }
            switch (status) {
                case DELIVERED -> delivered.inc();
                case DEAD -> dead.inc();
                case SCHEDULED, RETRYING, PAUSED, CANCELLED -> {}
            }
        }
    }

    /** With the trace of the call as an exemplar, where there is one. */
    private void late(double seconds) {
        String trace = MDC.get("trace.id");
        if (trace == null) {
            lateness.observe(seconds);
        } else {
            String span = MDC.get("span.id");
            lateness.observeWithExemplar(
                    seconds,
                    span == null ? Labels.of("trace_id", trace) : Labels.of("trace_id", trace, "span_id", span));
        }
    }

    @Override
    public void unreadable(int count) {
        unreadable.inc(count);
    }

    @Override
    public void repaired(String kind, int count) {
        repaired.labelValues(kind).inc(count);
    }

    /** Shows what the engine has in hand. */
    void watch(Supplier<EngineFigures> figures) {
        gauge(figures, "bide_in_flight", "Timers that have fired and are not settled yet", EngineFigures::inFlight);
        gauge(figures, "bide_timers_to_store", "New timers that wait to be stored", EngineFigures::timersToStore);
        gauge(figures, "bide_runs_to_store", "New runs that wait to be stored", EngineFigures::runsToStore);
        gauge(figures, "bide_settle_buffer", "Outcomes that wait to be settled", now -> now.jobStore()
                .buffered());
        gauge(figures, "bide_settle_batch", "Outcomes in the newest settlement", now -> now.jobStore()
                .lastCompleted());
        gauge(figures, "bide_acquire_batch", "Timers in the newest acquisition", now -> now.jobStore()
                .lastAcquired());
        gauge(
                figures,
                "bide_lease_held",
                "1 while this node may fire timers: others can't have given it up for dead",
                now -> now.jobStore().leaseHeld() ? 1 : 0);
        gauge(
                figures,
                "bide_check_in_age_seconds",
                "Since this node's last check-in; 0 where it fires no timers",
                now -> now.jobStore().checkInAgeMillis() / 1e3);
        gauge(
                figures,
                "bide_take_age_seconds",
                "Since this node last looked for due timers; 0 where it fires none",
                now -> now.jobStore().takeAgeMillis() / 1e3);
        gauge(
                figures,
                "bide_oldest_completion_seconds",
                "How long the oldest outcome has waited to be settled",
                now -> now.jobStore().oldestCompletionMillis() / 1e3);
        counter(figures, "bide_acquired", "Triggers taken", now -> now.jobStore()
                .acquired());
        counter(figures, "bide_fired", "Triggers fired", now -> now.jobStore().fired());
        counter(figures, "bide_settled", "Firings settled", now -> now.jobStore()
                .completed());
        counter(figures, "bide_recovered", "Firings taken over from dead nodes", now -> now.jobStore()
                .recovered());
        counter(
                figures,
                "bide_abandoned",
                "Firings that other nodes took over from this one, which they gave up for dead",
                now -> now.jobStore().abandoned());
        counter(figures, "bide_poisoned", "Triggers set aside because they can't be fired", now -> now.jobStore()
                .poisoned());
        counter(figures, "bide_settlements", "Transactions that settled firings", now -> now.jobStore()
                .completions());
        counter(figures, "bide_jobstore_statements", "Statements of the job store", now -> now.jobStore()
                .statements());
    }

    private void gauge(
            Supplier<EngineFigures> figures, String name, String help, ToDoubleFunction<EngineFigures> value) {
        GaugeWithCallback.builder()
                .name(name)
                .help(help)
                .callback(callback -> callback.call(value.applyAsDouble(figures.get())))
                .register(registry);
    }

    private void counter(
            Supplier<EngineFigures> figures, String name, String help, ToLongFunction<EngineFigures> value) {
        CounterWithCallback.builder()
                .name(name)
                .help(help)
                .callback(callback -> callback.call(value.applyAsLong(figures.get())))
                .register(registry);
    }
}
