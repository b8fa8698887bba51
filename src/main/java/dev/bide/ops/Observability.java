package dev.bide.ops;

import io.dropwizard.core.setup.Environment;
import io.prometheus.metrics.exporter.servlet.jakarta.PrometheusMetricsServlet;
import io.prometheus.metrics.instrumentation.dropwizard.DropwizardExports;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import javax.sql.DataSource;

/** What the admin port shows: {@code /metrics} for Prometheus and {@code /healthcheck}. */
public final class Observability {
    private Observability() {}

    /**
     * Adds both to the admin port.
     *
     * @return where further metrics are registered; those of the environment's {@code MetricRegistry} are in it already
     */
    public static PrometheusRegistry register(Environment environment, DataSource database) {
        PrometheusRegistry registry = new PrometheusRegistry();
        DropwizardExports.builder().dropwizardRegistry(environment.metrics()).register(registry);
        environment
                .admin()
                .addServlet("prometheus", new PrometheusMetricsServlet(registry))
                .addMapping("/metrics");
        environment.healthChecks().register("database", new DatabaseHealth(database));
        return registry;
    }
}
