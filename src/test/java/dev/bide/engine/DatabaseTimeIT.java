package dev.bide.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.bide.jobstore.DatabaseClock;
import dev.bide.testing.PostgresExtension;
import dev.bide.workflow.Ids;
import dev.bide.workflow.Timer;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Nodes whose own clocks are wrong. */
class DatabaseTimeIT {
    @RegisterExtension
    static final PostgresExtension POSTGRES = new PostgresExtension();

    @ParameterizedTest
    @ValueSource(longs = {5, -5, 86_400 * 60L})
    void an_api_nodes_timers_are_of_the_databases_time(long ahead) throws Exception {
        InstantSource own = () -> Instant.now().plusSeconds(ahead);
        DatabaseClock clock = new DatabaseClock(own);
        clock.measure(POSTGRES.dataSource());
        assertThat(clock.offset()).isCloseTo(Duration.ofSeconds(ahead), Duration.ofMillis(500));
        EngineNode node = EngineNode.on(POSTGRES.dataSource()).clock(clock).start();
        try {
            Instant before = databasesTime();
            Timer timer = node.engine
                    .timers()
                    .create(EngineNode.timer(null, 100, "http://127.0.0.1:9/"))
                    .join()
                    .value();
            assertThat(timer.createdAt()).isCloseTo(before, within(3, ChronoUnit.SECONDS));
            assertThat(timer.dueAt()).isEqualTo(timer.createdAt().plusSeconds(100));
            assertThat(Instant.ofEpochMilli(timer.id().getMostSignificantBits() >>> 16))
                    .as("what is made later has a larger id, whoever makes it")
                    .isCloseTo(before, within(3, ChronoUnit.SECONDS));
        } finally {
            node.close();
            Ids.follow(InstantSource.system());
        }
    }

    @Test
    void a_clock_that_is_set_moves_no_timer() throws Exception {
        Instant[] own = {Instant.now()};
        DatabaseClock clock = new DatabaseClock(() -> own[0]);
        clock.measure(POSTGRES.dataSource());
        own[0] = own[0].plus(Duration.ofDays(400));
        assertThat(clock.instant()).isCloseTo(databasesTime(), within(1, ChronoUnit.SECONDS));
        assertThat(clock.offset()).isGreaterThan(Duration.ofDays(399));
    }

    private static Instant databasesTime() {
        return Instant.ofEpochMilli(POSTGRES.sql().number("SELECT extract(epoch FROM clock_timestamp()) * 1000"));
    }
}
