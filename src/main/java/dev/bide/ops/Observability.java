package dev.bide.ops;

import dev.bide.delivery.Delivery;
import dev.bide.engine.DeliveryObserver;
import dev.bide.engine.Engine;
import io.dropwizard.core.setup.Environment;
import io.prometheus.metrics.exporter.servlet.jakarta.PrometheusMetricsServlet;
import io.prometheus.metrics.instrumentation.dropwizard.DropwizardExports;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import javax.sql.DataSource;

/** What the admin port shows: {@code /metrics} for Prometheus and {@code /healthcheck}. */
public final class Observability {
    private final PrometheusRegistry registry;
    private final EngineMetrics engineMetrics;

    private Observability(PrometheusRegistry registry) {
        this.registry = registry;
        this.engineMetrics = new EngineMetrics(registry);
    }

    /** Adds both to the admin port. The figures of the environment's {@code MetricRegistry} are among the metrics. */
    public static Observability register(Environment environment, DatabaseProbe probe) {
        PrometheusRegistry registry = new PrometheusRegistry();
        DropwizardExports.builder().dropwizardRegistry(environment.metrics()).register(registry);
        environment
                .admin()
                .addServlet("prometheus", new PrometheusMetricsServlet(registry))
                .addMapping("/metrics");
        environment.healthChecks().register("database", new DatabaseHealth(probe));
        return new Observability(registry);
    }

    /** To be told what the engine settles; call {@link #watch(Engine)} once there is one. */
    public DeliveryObserver observer() {
        return engineMetrics;
    }

    /** Shows what the engine has in hand. */
    public void watch(Engine engine) {
        engineMetrics.watch(engine::figures);
    }

    /** Shows the figures of the calls to third parties. */
    public void watch(Delivery delivery) {
        DeliveryMetrics.register(registry, delivery::figures);
    }

    /** Shows how many timers the cluster has. */
    public void count(DataSource database) {
        new TimerCounts(database).register(registry);
    }
}
