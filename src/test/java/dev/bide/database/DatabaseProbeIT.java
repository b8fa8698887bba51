package dev.bide.database;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.bide.jobstore.DatabaseClock;
import dev.bide.testing.PostgresExtension;
import java.io.IOException;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.slf4j.LoggerFactory;

class DatabaseProbeIT {
    @RegisterExtension
    static final PostgresExtension POSTGRES = new PostgresExtension();

    private final DatabaseClock clock = new DatabaseClock();
    private final List<Long> moved = new CopyOnWriteArrayList<>();
    private volatile String set = "SET default_transaction_read_only = off";
    private volatile CountDownLatch hang = new CountDownLatch(0);
    private volatile boolean hanging;
    private volatile Connection last;

    @Test
    void sees_a_database_that_goes_away_and_comes_back() throws Exception {
        try (DatabaseProbe probe = DatabaseProbe.start(this::connect, clock, moved::add)) {
            assertThat(probe.up()).isTrue();
            set = "SELECT 1/0";
            last.close();
            Awaitility.await().until(() -> !probe.up());
            assertThat(probe.fault()).contains("division by zero");
            set = "SELECT 1";
            Awaitility.await().until(probe::up);
            assertThat(moved).as("it is the same server").isEmpty();
        }
    }

    @Test
    void an_old_primary_is_no_database() {
        set = "SET default_transaction_read_only = on";
        assertThatThrownBy(() -> DatabaseProbe.start(this::connect, clock, moved::add))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("read-only");
    }

    @Test
    @Timeout(20)
    void answers_at_once_while_the_database_hangs() throws Exception {
        try (DatabaseProbe probe = DatabaseProbe.start(this::connect, clock, moved::add)) {
            hang = new CountDownLatch(1);
            last.close();
            Awaitility.await().until(() -> hanging);
            for (int i = 0; i < 1_000; i++) {
                probe.fault();
            }
            hang.countDown();
        }
    }

    @Test
    void measures_the_databases_time() throws Exception {
        DatabaseClock ahead = new DatabaseClock(() -> java.time.Instant.now().plusSeconds(5));
        try (DatabaseProbe probe = DatabaseProbe.start(this::connect, ahead, moved::add)) {
            assertThat(probe.up()).isTrue();
            assertThat(ahead.offset()).isCloseTo(Duration.ofSeconds(5), Duration.ofMillis(500));
        }
    }

    @Test
    void a_clock_that_is_off_is_warned_of_once_per_change() {
        Logger logger = (Logger) LoggerFactory.getLogger(ClockWatch.class);
        Level before = logger.getLevel();
        ListAppender<ILoggingEvent> log = new ListAppender<>();
        log.start();
        logger.addAppender(log);
        logger.setLevel(Level.INFO);
        try {
            ClockWatch watch = new ClockWatch();
            for (int seconds : new int[] {0, 5, 5, 5, -5, -5, 0, 0}) {
                watch.tell(Duration.ofSeconds(seconds));
            }
            assertThat(log.list)
                    .extracting(ILoggingEvent::getFormattedMessage)
                    .satisfiesExactly(
                            first -> assertThat(first).contains("5.0 s ahead of"),
                            second -> assertThat(second).contains("5.0 s behind"),
                            third -> assertThat(third).contains("again"));
        } finally {
            logger.detachAppender(log);
            logger.setLevel(before);
        }
    }

    private Connection connect() throws SQLException, InterruptedException {
        hanging = hang.getCount() > 0;
        hang.await();
        Connection connection = DriverManager.getConnection(POSTGRES.jdbcUrl());
        try (Statement statement = connection.createStatement()) {
            statement.execute(set);
        } catch (SQLException e) {
            connection.close();
            throw e;
        }
        last = connection;
        return connection;
    }
}
