package dev.bide.ops;

import com.codahale.metrics.Gauge;
import com.codahale.metrics.Metered;
import com.codahale.metrics.MetricRegistry;
import com.codahale.metrics.Snapshot;
import com.codahale.metrics.Timer;
import io.prometheus.metrics.core.metrics.CounterWithCallback;
import io.prometheus.metrics.core.metrics.GaugeWithCallback;
import io.prometheus.metrics.core.metrics.SummaryWithCallback;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.prometheus.metrics.model.snapshots.Quantile;
import io.prometheus.metrics.model.snapshots.Quantiles;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * What Dropwizard measures of the server, its connections to the database and its log, under names and in units that Prometheus asks for: its own names hold capitals and
 * ports, and a series of its own for what is a label. What is not named here nobody has asked for.
 */
final class ServerMetrics {
    private static final String CONTEXT = "io.dropwizard.jetty.MutableServletContextHandler.";
    private static final String POOL = "io.dropwizard.db.ManagedPooledDataSource.";
    private static final String THREADS = "org.eclipse.jetty.util.thread.QueuedThreadPool.dw.";
    private static final String LOG = "ch.qos.logback.core.Appender.";

    private static final double NANOS = TimeUnit.SECONDS.toNanos(1);

    private ServerMetrics() {}

    static void register(PrometheusRegistry registry, MetricRegistry measured) {
        requests(registry, measured);
        connections(registry, measured);
        CounterWithCallback.builder()
                .name("bide_log_lines")
                .help("Lines of the log by level")
                .labelNames("level")
                .callback(callback -> {
                    for (String level : List.of("error", "warn", "info")) {
                        callback.call(count(measured, LOG + level), level);
                    }
                })
                .register(registry);
    }

    private static void requests(PrometheusRegistry registry, MetricRegistry measured) {
        CounterWithCallback.builder()
                .name("bide_http_responses")
                .help("Requests that were answered, on both ports, by the first digit of the status")
                .labelNames("status")
                .callback(callback -> {
                    for (String status : List.of("1xx", "2xx", "3xx", "4xx", "5xx")) {
                        callback.call(count(measured, CONTEXT + status + "-responses"), status);
                    }
                })
                .register(registry);
        SummaryWithCallback.builder()
                .name("bide_http_request_seconds")
                .help("How long requests took, on both ports, over the last minutes")
                .callback(callback -> {
                    Timer timer = measured.getTimers().get(CONTEXT + "requests");
                    if (timer != null) {
                        callback.call(timer.getCount(), Double.NaN, quantiles(timer.getSnapshot()));
                    }
                })
                .register(registry);
        GaugeWithCallback.builder()
                .name("bide_http_threads")
                .help("Threads that answer requests, busy or idle")
                .callback(callback -> callback.call(gauge(measured, THREADS + "size")))
                .register(registry);
        GaugeWithCallback.builder()
                .name("bide_http_waiting")
                .help("Requests and parts of them that wait for a thread")
                .callback(callback -> callback.call(gauge(measured, THREADS + "jobs")))
                .register(registry);
    }

    private static Quantiles quantiles(Snapshot snapshot) {
        return Quantiles.of(
                new Quantile(0.5, snapshot.getMedian() / NANOS),
                new Quantile(0.95, snapshot.get95thPercentile() / NANOS),
                new Quantile(0.99, snapshot.get99thPercentile() / NANOS));
    }

    private static void connections(PrometheusRegistry registry, MetricRegistry measured) {
        connections(registry, measured, "bide_database_connections", "Connections to the database, by share", "size");
        connections(
                registry,
                measured,
                "bide_database_connections_in_use",
                "Connections to the database that somebody has, by share",
                "active");
        connections(
                registry,
                measured,
                "bide_database_waiting",
                "Threads that wait for a connection to the database, by share",
                "waiting");
    }

    private static void connections(
            PrometheusRegistry registry, MetricRegistry measured, String name, String help, String figure) {
        GaugeWithCallback.builder()
                .name(name)
                .help(help)
                .labelNames("share")
                .callback(callback -> measured.getGauges(
                                (key, metric) -> key.startsWith(POOL) && key.endsWith("." + figure))
                        .forEach((key, gauge) -> callback.call(
                                number(gauge), key.substring(POOL.length(), key.length() - figure.length() - 1))))
                .register(registry);
    }

    private static double count(MetricRegistry measured, String name) {
        return measured.getMetrics().get(name) instanceof Metered metered ? metered.getCount() : 0;
    }

    private static double gauge(MetricRegistry measured, String name) {
        return number(measured.getGauges().get(name));
    }

    private static double number(@Nullable Gauge<?> gauge) {
        return gauge != null && gauge.getValue() instanceof Number number ? number.doubleValue() : 0;
    }
}
