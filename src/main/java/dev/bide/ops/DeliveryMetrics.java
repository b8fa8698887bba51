package dev.bide.ops;

import dev.bide.delivery.DeliveryFigures;
import io.prometheus.metrics.core.metrics.CounterWithCallback;
import io.prometheus.metrics.core.metrics.GaugeWithCallback;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.util.Locale;
import java.util.function.Supplier;
import java.util.function.ToDoubleFunction;

/** The figures of the calls to third parties, asked for when Prometheus asks. */
final class DeliveryMetrics {
    /** Of destinations that are named: each is a series of its own, and urls come from users. */
    private static final int MOST_NAMED = 100;

    private DeliveryMetrics() {}

    static void register(PrometheusRegistry registry, Supplier<DeliveryFigures> figures) {
        CounterWithCallback.builder()
                .name("bide_attempts")
                .help("Calls to third parties by outcome")
                .labelNames("outcome")
                .callback(callback -> {
                    DeliveryFigures now = figures.get();
                    callback.call(now.delivered(), "delivered");
                    callback.call(now.retryable(), "retryable");
                    callback.call(now.refused(), "refused");
                })
                .register(registry);
        CounterWithCallback.builder()
                .name("bide_deferrals")
                .help("Timers sent back to waiting without an attempt, by reason")
                .labelNames("reason")
                .callback(callback -> figures.get()
                        .deferred()
                        .forEach((reason, count) ->
                                callback.call(count, reason.name().toLowerCase(Locale.ROOT))))
                .register(registry);
        CounterWithCallback.builder()
                .name("bide_resent_calls")
                .help("Calls sent twice within their attempt, because the connection of an earlier call was dead")
                .callback(callback -> callback.call(figures.get().resent()))
                .register(registry);
        CounterWithCallback.builder()
                .name("bide_leases")
                .help("Asks for leases of limits, by whether Redis answered in time")
                .labelNames("outcome")
                .callback(callback -> {
                    DeliveryFigures now = figures.get();
                    callback.call(now.leasesAnswered(), "answered");
                    callback.call(now.leasesFailed(), "failed");
                })
                .register(registry);
        gauge(
                registry,
                "bide_leases_away",
                "1 while limits are shared out by who lives, though there is a Redis to lease them from",
                figures,
                now -> now.leasesAway() ? 1 : 0);
        gauge(registry, "bide_calls_in_flight", "Calls to third parties under way", figures, DeliveryFigures::inFlight);
        gauge(
                registry,
                "bide_open_breakers",
                "Destinations that are left alone or being tried again",
                figures,
                now -> now.openBreakers().size());
        GaugeWithCallback.builder()
                .name("bide_breaker_open")
                .help("1 for each destination that is left alone or being tried again; the first 100 by name")
                .labelNames("destination")
                .callback(callback -> figures.get().openBreakers().stream()
                        .sorted()
                        .limit(MOST_NAMED)
                        .forEach(destination -> callback.call(1, destination)))
                .register(registry);
        gauge(
                registry,
                "bide_remembered_destinations",
                "Destinations whose connections, breaker and rate are in memory",
                figures,
                DeliveryFigures::destinations);
    }

    private static void gauge(
            PrometheusRegistry registry,
            String name,
            String help,
            Supplier<DeliveryFigures> figures,
            ToDoubleFunction<DeliveryFigures> value) {
        GaugeWithCallback.builder()
                .name(name)
                .help(help)
                .callback(callback -> callback.call(value.applyAsDouble(figures.get())))
                .register(registry);
    }
}
