package dev.bide;

import dev.bide.database.OpenDatabase;
import io.dropwizard.core.setup.Environment;
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
        environment.lifecycle().addServerLifecycleListener(server -> {
            LOG.info(
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

    private static String addresses(Server server) {
        return Arrays.stream(server.getConnectors())
                .filter(NetworkConnector.class::isInstance)
                .map(NetworkConnector.class::cast)
                .map(connector ->
                        connector.getName() + " http://" + connector.getHost() + ":" + connector.getLocalPort())
                .collect(Collectors.joining(", "));
    }
}
