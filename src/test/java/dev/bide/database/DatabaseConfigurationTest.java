package dev.bide.database;

import static org.assertj.core.api.Assertions.assertThat;

import io.dropwizard.util.Duration;
import java.util.Arrays;
import java.util.stream.IntStream;
import jdk.net.ExtendedSocketOptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class DatabaseConfigurationTest {
    private static final java.time.Duration FAILOVER = java.time.Duration.ofSeconds(5);

    private final DatabaseConfiguration configuration = new DatabaseConfiguration();

    @Test
    void has_the_defaults_that_config_yml_names() {
        assertThat(configuration.dataDirectory).isEqualTo("./data");
        assertThat(configuration.maxConnections).isEqualTo(32);
        assertThat(configuration.minConnections).isEqualTo(4);
        assertThat(configuration.maxWaitForConnection).isEqualTo(Duration.seconds(5));
        assertThat(configuration.startTimeout).isEqualTo(Duration.seconds(60));
        assertThat(configuration.properties).isEmpty();
        assertThat(configuration.connections(Share.JOBS)).isEqualTo(8);
        assertThat(configuration.connections(Share.ACCEPTING)).isEqualTo(8);
        assertThat(configuration.connections(Share.CHANGES)).isEqualTo(5);
        assertThat(configuration.connections(Share.UPKEEP)).isEqualTo(3);
        assertThat(configuration.connections(Share.READS)).isEqualTo(8);
        assertThat(configuration.connections(Share.CHECK_INS)).isEqualTo(2);
        assertThat(configuration.allConnections()).isEqualTo(35);
    }

    @Test
    void the_shares_are_all_of_the_connections() {
        IntStream.rangeClosed(12, 1000).forEach(most -> {
            configuration.maxConnections = most;
            assertThat(Arrays.stream(Share.values()).mapToInt(configuration::connections))
                    .as("%d connections", most)
                    .allMatch(share -> share >= 2);
            assertThat(Arrays.stream(Share.values())
                            .mapToInt(configuration::connections)
                            .sum())
                    .as("and one for the health")
                    .isEqualTo(configuration.allConnections() - 1);
            assertThat(configuration.allConnections()).isEqualTo(most + 3);
        });
    }

    @ParameterizedTest
    @EnumSource(
            value = Share.class,
            names = {"READS", "CHANGES"})
    void a_statement_of_a_request_is_given_up_before_the_next_has_waited_too_long(Share share) {
        for (int seconds : new int[] {1, 5, 60}) {
            configuration.maxWaitForConnection = Duration.seconds(seconds);
            SessionLimits limits = configuration.limits(share, FAILOVER);
            assertThat(limits.statement()).isLessThan(java.time.Duration.ofSeconds(seconds));
            assertThat(limits.lock()).isLessThan(limits.statement());
        }
    }

    @ParameterizedTest
    @EnumSource(Share.class)
    void the_server_gives_up_before_the_node_does(Share share) {
        SessionLimits limits = configuration.limits(share, FAILOVER);
        assertThat(limits.lock()).isLessThan(limits.statement());
        assertThat(limits.statement()).isLessThan(limits.socket());
        assertThat(limits.idleInTransaction()).isEqualTo(FAILOVER);
    }

    @Test
    void a_url_of_several_servers_does_not_wait_long_for_one_that_is_gone() {
        configuration.properties.put("hostRecheckSeconds", "7");
        assertThat(configuration.driverProperties("jdbc:postgresql://one,two:5433/bide", "sockets"))
                .containsEntry("connectTimeout", "2")
                .containsEntry("sslResponseTimeout", "2000")
                .containsEntry("hostRecheckSeconds", "7");
        configuration.properties.clear();
        assertThat(configuration.driverProperties("jdbc:postgresql://one/bide?options=a,b", "sockets"))
                .containsEntry("connectTimeout", "5")
                .doesNotContainKey("hostRecheckSeconds");
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void sockets_find_a_server_that_is_gone_without_a_word() throws Exception {
        try (var socket = new KeptAliveSockets().createSocket()) {
            assertThat(socket.getKeepAlive()).isTrue();
            assertThat(socket.getOption(ExtendedSocketOptions.TCP_KEEPIDLE)
                            + socket.getOption(ExtendedSocketOptions.TCP_KEEPINTERVAL)
                                    * socket.getOption(ExtendedSocketOptions.TCP_KEEPCOUNT))
                    .isEqualTo(15);
        }
    }
}
