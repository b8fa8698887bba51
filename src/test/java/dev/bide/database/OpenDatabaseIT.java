package dev.bide.database;

import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import dev.bide.testing.PostgresExtension;
import java.io.IOException;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What no waiting mends ends a start at once, not after the minute that it waits for a database. */
class OpenDatabaseIT {
    @RegisterExtension
    static final PostgresExtension POSTGRES = new PostgresExtension();

    @Test
    void a_host_that_nobody_knows_is_not_waited_for() {
        refuses("jdbc:postgresql://nothing.invalid:5432/bide", "nothing.invalid", "its host's name does not resolve");
    }

    @Test
    void nor_is_a_database_that_is_not_there() {
        refuses(POSTGRES.jdbcUrl().replaceFirst("/test_[0-9]+", "/nothing"), "\"nothing\" does not exist");
    }

    private static void refuses(String url, String... said) {
        DatabaseConfiguration configuration = new DatabaseConfiguration();
        configuration.url = url;
        assertTimeoutPreemptively(Duration.ofSeconds(30), () -> assertThatThrownBy(configuration::open)
                .isInstanceOf(IOException.class)
                .hasMessageContainingAll(said));
    }
}
