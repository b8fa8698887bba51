package dev.bide;

import static org.assertj.core.api.Assertions.as;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.bide.startup.EnvironmentConfigurationFactory;
import dev.bide.startup.Role;
import io.dropwizard.configuration.ConfigurationException;
import io.dropwizard.core.server.DefaultServerFactory;
import io.dropwizard.jackson.Jackson;
import io.dropwizard.jersey.validation.Validators;
import io.dropwizard.jetty.HttpConnectorFactory;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class EnvironmentConfigurationFactoryTest {

    @Test
    void the_defaults_are_the_documented_ones() throws Exception {
        BideConfiguration configuration = read(Map.of());
        assertThat(configuration.roles.all()).containsExactlyInAnyOrder(Role.values());
        assertThat(configuration.auth.keys()).isEmpty();
        assertThat(configuration.auth.access().readKeys()).isEmpty();
        assertThat(configuration.auth.allowAnonymous).isFalse();
        assertThat(configuration.auth.access().hosts()).isEmpty();
        HttpConnectorFactory application = connector((DefaultServerFactory) configuration.getServerFactory());
        assertThat(application.getPort()).isEqualTo(8088);
        assertThat(application.getBindHost()).isEqualTo("127.0.0.1");
        HttpConnectorFactory admin = (HttpConnectorFactory) ((DefaultServerFactory) configuration.getServerFactory())
                .getAdminConnectors()
                .get(0);
        assertThat(admin.getPort()).isEqualTo(8089);
    }

    @Test
    void each_variable_of_the_contract_is_used() throws Exception {
        try (var file = getClass().getResourceAsStream("/config.yml")) {
            Matcher matcher =
                    Pattern.compile("\\$\\{([A-Z_]+)").matcher(new String(file.readAllBytes(), StandardCharsets.UTF_8));
            Set<String> names = new TreeSet<>();
            while (matcher.find()) {
                names.add(matcher.group(1));
            }
            names.remove("NAME");
            assertThat(names)
                    .containsExactlyInAnyOrder(
                            "HTTP_PORT",
                            "ADMIN_PORT",
                            "BIND_HOST",
                            "DATABASE_URL",
                            "DATABASE_USER",
                            "DATABASE_PASSWORD",
                            "DATA_DIR",
                            "ROLES",
                            "NODE_ID",
                            "API_KEYS",
                            "READ_KEYS",
                            "ALLOWED_HOSTS",
                            "SIGNING_SECRET",
                            "ALLOWED_PRIVATE_NETWORKS",
                            "LOG_FORMAT",
                            "LOG_ATTEMPTS",
                            "LOG_FIGURES",
                            "TRACE_URL",
                            "REDIS_URL",
                            "PUBLIC_URL",
                            "SMTP_HOST",
                            "SMTP_PORT",
                            "SMTP_TLS",
                            "SMTP_USER",
                            "SMTP_PASSWORD",
                            "MAIL_FROM");
        }
    }

    @Test
    void an_empty_variable_counts_as_unset() throws Exception {
        BideConfiguration configuration = read(Map.of("ROLES", "", "HTTP_PORT", " "));
        assertThat(configuration.roles.all()).hasSize(3);
        assertThat(connector((DefaultServerFactory) configuration.getServerFactory())
                        .getPort())
                .isEqualTo(8088);
    }

    @Test
    void a_value_may_hold_what_yaml_would_take_for_its_own() throws Exception {
        String nasty = "a\": {b: 'c'}, #d\n- e";
        assertThat(read(Map.of("API_KEYS", nasty)).auth.apiKeys).isEqualTo(nasty);
    }

    @Test
    void roles_are_read_with_spaces_and_in_any_case() throws Exception {
        assertThat(read(Map.of("ROLES", " API, worker ,")).roles).hasToString("api,worker");
    }

    @Test
    void a_node_without_a_name_gets_a_different_one_at_each_start() throws Exception {
        assertThat(read(Map.of()).nodeId).isNotEqualTo(read(Map.of()).nodeId);
        assertThat(read(Map.of("NODE_ID", "one")).nodeId).hasToString("one");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    ROLES | api,foo | "foo"
                    ROLES | , | ROLES names no role
                    NODE_ID | a b | NODE_ID must be
                    HTTP_PORT | http | applicationConnectors[0].port
                    HTTP_PORT | 70000 | applicationConnectors[0].port
                    ADMIN_PORT | -1 | adminConnectors[0].port
                    DATABASE_URL | mysql://x | database.url must have the form
                    DATABASE_URL | jdbc:postgresql://host:99999/x | database.url must have the form
                    LOG_FORMAT | xml | layout.format
                    """)
    void a_bad_value_is_named(String variable, String value, String message) {
        assertThatThrownBy(() -> read(Map.of(variable, value)))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining(message)
                .hasMessageContaining("(from the environment: " + variable + ")")
                .satisfies(fault -> assertThat(((ConfigurationException) fault).getErrors())
                        .as("one line, without the parser's own words")
                        .singleElement(as(InstanceOfAssertFactories.STRING))
                        .doesNotContain("\n", "Source", "Cannot construct"));
    }

    @Test
    void only_the_variable_that_is_wrong_is_named() {
        assertThatThrownBy(() -> read(Map.of("ROLES", "foo", "DATA_DIR", "/data", "NODE_ID", "one")))
                .hasMessageContaining(
                        "roles: ROLES names an unknown role \"foo\"; there are api,scheduler,worker (from the environment: ROLES)")
                .hasMessageNotContainingAny("DATA_DIR", "NODE_ID");
    }

    @ParameterizedTest
    @ValueSource(strings = {"database.maximumConnections", "engin.threads", "server.maxThread", "logging.levels"})
    void a_key_that_there_is_not_is_named(String key) {
        assertThatThrownBy(() -> ConfiguredNode.of(Map.of(), Map.of(key, "16")))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("Unrecognized field at: " + (key.startsWith("engin.") ? "engin" : key));
    }

    private static HttpConnectorFactory connector(DefaultServerFactory server) {
        return (HttpConnectorFactory) server.getApplicationConnectors().get(0);
    }

    private static BideConfiguration read(Map<String, String> environment) throws Exception {
        return new EnvironmentConfigurationFactory<>(
                        BideConfiguration.class,
                        Validators.newValidator(),
                        Jackson.newObjectMapper(),
                        "dw",
                        environment)
                .build();
    }
}
