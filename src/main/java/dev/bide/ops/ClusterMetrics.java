package dev.bide.ops;

import dev.bide.workflow.figures.Staffing;
import io.prometheus.metrics.core.metrics.GaugeWithCallback;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Who does the cluster's work. The same on every node, so one that is a scheduler tells. Nothing while the database is away. */
final class ClusterMetrics {
    private static final Logger LOG = LoggerFactory.getLogger(ClusterMetrics.class);

    private ClusterMetrics() {}

    static void register(PrometheusRegistry registry, Supplier<Staffing> staffing) {
        GaugeWithCallback.builder()
                .name("bide_nodes")
                .help("Nodes that were seen in the last 30 s, by role. A figure of the cluster, not of this node")
                .labelNames("role")
                .callback(callback ->
                        ifKnown(staffing, now -> now.nodes().forEach((role, count) -> callback.call(count, role))))
                .register(registry);
        GaugeWithCallback.builder()
                .name("bide_partitions_ahead")
                .help("Days to come that all histories have partitions for; below 0 where today's are missing."
                        + " A figure of the cluster")
                .callback(callback -> ifKnown(staffing, now -> callback.call(now.daysAhead())))
                .register(registry);
    }

    private static void ifKnown(Supplier<Staffing> staffing, Consumer<Staffing> use) {
        Staffing now;
        try {
            now = staffing.get();
        } catch (RuntimeException e) {
            LOG.debug("Cannot tell who does the work", e);
            return;
        }
        use.accept(now);
    }
}
