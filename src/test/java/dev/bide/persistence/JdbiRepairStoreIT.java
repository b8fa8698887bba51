package dev.bide.persistence;

import static dev.bide.persistence.Samples.NOW;
import static dev.bide.persistence.Samples.timer;
import static org.assertj.core.api.Assertions.assertThat;

import dev.bide.testing.PostgresExtension;
import dev.bide.workflow.Timer;
import dev.bide.workflow.TimerStatus;
import dev.bide.workflow.store.Cursor;
import dev.bide.workflow.store.RepairStore.Look;
import dev.bide.workflow.store.RepairStore.StrayTimer;
import java.sql.Connection;
import java.sql.DriverManager;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.jdbi.v3.core.Jdbi;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class JdbiRepairStoreIT {
    @RegisterExtension
    static final PostgresExtension POSTGRES = new PostgresExtension();

    private final JdbiDatabase database = new JdbiDatabase(Jdbi.create(POSTGRES.dataSource()));

    @Test
    void walks_over_all_that_are_overdue_or_paused_in_bounded_looks() {
        List<Timer> overdue = IntStream.range(0, 7)
                .mapToObj(i -> timer(null, NOW.minusSeconds(600 + i / 2)))
                .toList();
        List<Timer> others = List.of(timer(null, NOW), timer(null, NOW.plusSeconds(60)));
        List<Timer> paused = IntStream.range(0, 5)
                .mapToObj(i -> timer(null, NOW.plusSeconds(i)).as(TimerStatus.PAUSED))
                .toList();
        database.inTransaction(session -> {
            session.timers().insert(overdue);
            session.timers().insert(others);
            return session.timers().insert(paused);
        });
        Instant before = NOW.minusSeconds(60);
        assertThat(walk(after -> look(after, before))).containsExactlyInAnyOrderElementsOf(ids(overdue));
        assertThat(walk(this::pausedLook)).containsExactlyInAnyOrderElementsOf(ids(paused));
    }

    /** With a fetch size in the url the driver reads, and the server locks, so many rows at a time. */
    @Test
    void locks_all_triggers_whatever_the_drivers_fetch_size() throws Exception {
        List<String> names = IntStream.range(0, 5).mapToObj(i -> "fetched-" + i).toList();
        POSTGRES.sql()
                .execute(
                        "INSERT INTO qrtz_triggers (sched_name, trigger_name, trigger_group, job_name, job_group, next_fire_time, trigger_state, trigger_type, start_time)"
                                + " SELECT 'bide', 'fetched-' || n, 'timer', 'fetched', 'timer', 0, 'WAITING', 'BLOB', 0 FROM generate_series(0, 4) AS n");
        try (Connection connection = DriverManager.getConnection(
                POSTGRES.jdbcUrl() + (POSTGRES.jdbcUrl().contains("?") ? "&" : "?") + "defaultRowFetchSize=2")) {
            connection.setAutoCommit(false);
            JdbiRepairStore.TRIGGERS.lock(connection, names);
            assertThat(POSTGRES.sql()
                            .number(
                                    "SELECT count(*) FROM (SELECT FROM qrtz_triggers WHERE trigger_name LIKE 'fetched-%'"
                                            + " FOR UPDATE SKIP LOCKED) AS free"))
                    .isZero();
        }
    }

    private Look look(Cursor after, Instant before) {
        return database.inTransaction(session -> session.repairs().overdue(after, before, List.of(), 2));
    }

    private Look pausedLook(Cursor after) {
        return database.inTransaction(session -> session.repairs().paused(after, 2));
    }

    private static List<UUID> walk(Function<Cursor, Look> look) {
        List<UUID> found = new ArrayList<>();
        Cursor position = null;
        do {
            Look next = look.apply(position);
            assertThat(next.strays()).hasSizeLessThanOrEqualTo(2);
            next.strays().stream().map(StrayTimer::id).forEach(found::add);
            position = next.end();
        } while (position != null);
        return found;
    }

    private static List<UUID> ids(List<Timer> timers) {
        return timers.stream().map(Timer::id).toList();
    }
}
