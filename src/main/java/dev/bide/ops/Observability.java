package dev.bide.ops;

import dev.bide.database.DatabaseProbe;
import dev.bide.delivery.Delivery;
import dev.bide.engine.Cluster;
import dev.bide.engine.DeliveryObserver;
import dev.bide.engine.Engine;
import dev.bide.jobstore.DatabaseClock;
import dev.bide.trace.TraceFigures;
import dev.bide.trace.Traces;
import io.dropwizard.core.setup.Environment;
import io.prometheus.metrics.core.metrics.CounterWithCallback;
import io.prometheus.metrics.core.metrics.GaugeWithCallback;
import io.prometheus.metrics.exporter.servlet.jakarta.PrometheusMetricsServlet;
import io.prometheus.metrics.instrumentation.jvm.JvmMetrics;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.util.concurrent.TimeUnit;
import javax.sql.DataSource;

/** What the admin port shows: {@code /metrics} for Prometheus, {@code /healthcheck} and {@code /alive}. */
public final class Observability {
    private final Environment environment;
    private final DatabaseProbe probe;
    private final PrometheusRegistry registry;
    private final EngineMetrics engineMetrics;

    private Observability(Environment environment, DatabaseProbe probe, PrometheusRegistry registry) {
        this.environment = environment;
        this.probe = probe;
        this.registry = registry;
        this.engineMetrics = new EngineMetrics(registry);
    }

    /** Adds both to the admin port. What is of use in the environment's {@code MetricRegistry} is among the metrics. */
    public static Observability register(Environment environment, DatabaseProbe probe) {
        PrometheusRegistry registry = new PrometheusRegistry();
        JvmMetrics.builder().register(registry);
        ServerMetrics.register(registry, environment.metrics());
        environment
                .admin()
                .addServlet("prometheus", new PrometheusMetricsServlet(registry))
                .addMapping("/metrics");
        environment.healthChecks().register("database", new DatabaseHealth(probe));
        return new Observability(environment, probe, registry);
    }

    /** To be told what the engine settles; call {@link #watch(Engine)} once there is one. */
    public DeliveryObserver observer() {
        return engineMetrics;
    }

    /** Shows what the engine has in hand, and whether it moves. */
    public EngineHealth watch(Engine engine) {
        engineMetrics.watch(engine::figures);
        GaugeWithCallback.builder()
                .name("bide_destination_settings_age_seconds")
                .help("Since this node read what is set for destinations: pauses and limits")
                .callback(callback -> callback.call(engine.destinationSettingsAge()))
                .register(registry);
        EngineHealth health = new EngineHealth(engine::figures);
        environment.healthChecks().register("engine", health);
        environment.admin().addServlet("alive", new AliveServlet(health, probe)).addMapping("/alive");
        return health;
    }

    /** Shows how far this node's clock and the database's are apart. */
    public void watch(DatabaseClock clock) {
        GaugeWithCallback.builder()
                .name("bide_clock_offset_seconds")
                .help("How far this node's clock is ahead of the database's, which timers go by; below 0 behind")
                .callback(callback -> callback.call(clock.offset().toNanos() / 1e9))
                .register(registry);
    }

    /** Shows the figures of the calls to third parties. */
    public void watch(Delivery delivery) {
        DeliveryMetrics.register(registry, delivery::figures);
    }

    /** Shows what became of this node's spans. */
    public void watch(Traces traces) {
        CounterWithCallback.builder()
                .name("bide_trace_spans")
                .help("Spans by what became of them: exported, or lost since the receiver did not take them in time")
                .labelNames("result")
                .callback(callback -> {
                    TraceFigures figures = traces.figures();
                    callback.call(figures.exported(), "exported");
                    callback.call(figures.lost(), "lost");
                })
                .register(registry);
    }

    /** Shows how many timers the cluster has, and who does its work. */
    public void count(DataSource database, Cluster cluster) {
        new TimerCounts(database, cluster::counted).register(registry);
        ClusterMetrics.register(registry, cluster::staffing);
        environment
                .lifecycle()
                .scheduledExecutorService("figure-log", true)
                .build()
                .scheduleAtFixedRate(new FigureLog(cluster::stats), 1, 1, TimeUnit.MINUTES);
    }
}
