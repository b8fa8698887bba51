package dev.bide;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.bide.startup.EnvironmentConfigurationFactory;
import io.dropwizard.configuration.ConfigurationException;
import io.dropwizard.core.server.DefaultServerFactory;
import io.dropwizard.jackson.Jackson;
import io.dropwizard.jersey.validation.Validators;
import io.dropwizard.jetty.ConnectorFactory;
import io.dropwizard.jetty.HttpConnectorFactory;
import io.dropwizard.util.Duration;
import jakarta.validation.Validator;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What a node would be, told by its configuration as the service reads it.
 *
 * @param connections to the database at most
 * @param stop how long it may take to stop, beside the writing of the last outcomes
 */
public record ConfiguredNode(
        Set<String> roles, int httpPort, int adminPort, String bindHost, int connections, java.time.Duration stop) {
    /** Beside the one of the real program, so that a test sets nobody else's keys. */
    private static final String PREFIX = "configured";

    private static final ObjectMapper MAPPER = Jackson.newObjectMapper();
    private static final Validator VALIDATOR = Validators.newValidator();

    /**
     * @param keys single keys of config.yml and their values, as after {@code -Ddw.}
     * @throws ConfigurationException a key or a value is none
     */
    public static ConfiguredNode of(Map<String, String> environment, Map<String, String> keys)
            throws IOException, ConfigurationException {
        keys.forEach((key, value) -> System.setProperty(PREFIX + "." + key, value));
        try {
            return of(new EnvironmentConfigurationFactory<>(
                            BideConfiguration.class, VALIDATOR, MAPPER, PREFIX, environment)
                    .build());
        } finally {
            keys.keySet().forEach(key -> System.clearProperty(PREFIX + "." + key));
        }
    }

    private static ConfiguredNode of(BideConfiguration configuration) {
        DefaultServerFactory server = (DefaultServerFactory) configuration.getServerFactory();
        JsonNode engine = MAPPER.valueToTree(configuration.engine);
        HttpConnectorFactory http = only(server.getApplicationConnectors());
        return new ConfiguredNode(
                configuration.roles.names(),
                http.getPort(),
                only(server.getAdminConnectors()).getPort(),
                http.getBindHost(),
                configuration.database.allConnections(),
                server.getShutdownGracePeriod()
                        .toJavaDuration()
                        .plus(Duration.parse(engine.get("shutdownGrace").textValue())
                                .toJavaDuration()));
    }

    private static HttpConnectorFactory only(List<ConnectorFactory> connectors) {
        return (HttpConnectorFactory) connectors.get(0);
    }
}
