package dev.bide;

import dev.bide.database.OpenDatabase;
import dev.bide.startup.NodeId;
import io.dropwizard.core.setup.Environment;
import io.dropwizard.lifecycle.Managed;
import java.util.Arrays;
import java.util.stream.Collectors;
import org.eclipse.jetty.server.NetworkConnector;
import org.eclipse.jetty.server.Server;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One line that says what runs where, once it does. */
final class StartupSummary {
    private static final Logger LOG = LoggerFactory.getLogger(StartupSummary.class);

    private StartupSummary() {}

    static void register(BideConfiguration configuration, Environment environment, OpenDatabase database) {
        environment.lifecycle().manage(new Stopping(configuration.nodeId));
        environment.lifecycle().addServerLifecycleListener(server -> {
            LOG.atInfo()
                    .addKeyValue("event", "node-up")
                    .addKeyValue("node", configuration.nodeId)
                    .log(
                            "Bide is up: node {}, roles {}, {}, database {}",
                            configuration.nodeId,
                            configuration.roles,
                            addresses(server),
                            database.name());
            if (!database.invitation().isEmpty()) {
                LOG.info("{}", database.invitation());
            }
        });
    }

    /** Begun last, so that it is stopped first. */
    private record Stopping(NodeId node) implements Managed {
        @Override
        public void stop() {
            LOG.atInfo()
                    .addKeyValue("event", "node-stop")
                    .addKeyValue("node", node)
                    .log("Bide is stopping: node {}", node);
        }
    }

    private static String addresses(Server server) {
        return Arrays.stream(server.getConnectors())
                .filter(NetworkConnector.class::isInstance)
                .map(NetworkConnector.class::cast)
                .map(connector ->
                        connector.getName() + " http://" + connector.getHost() + ":" + connector.getLocalPort())
                .collect(Collectors.joining(", "));
    }
}
