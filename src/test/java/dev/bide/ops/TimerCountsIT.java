package dev.bide.ops;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bide.engine.figures.ClusterCounts;
import dev.bide.engine.figures.ClusterFigures;
import dev.bide.jobstore.Backlog;
import dev.bide.persistence.JdbiDatabase;
import dev.bide.testing.PostgresExtension;
import dev.bide.workflow.figures.Counted;
import dev.bide.workflow.figures.Counts;
import java.sql.SQLException;
import java.time.InstantSource;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class TimerCountsIT {
    @RegisterExtension
    static final PostgresExtension POSTGRES = new PostgresExtension();

    @BeforeEach
    void empty() throws SQLException {
        POSTGRES.sql().execute("TRUNCATE timer, timer_history, timer_dead");
        POSTGRES.sql().execute("DELETE FROM qrtz_triggers");
    }

    @Test
    void nothing_is_there_at_first() {
        TimerCounts.Counts counts = counts();
        Counted none = new Counted(0, true);
        assertThat(counts.waiting().counts()).isEqualTo(new Counts(none, none, none, none));
        assertThat(counts.waiting().due()).isZero();
        assertThat(counts.oldestSeconds()).isZero();
        assertThat(counts.finished()).isZero();
        assertThat(counts.cancelled()).isZero();
    }

    @Test
    void counts_by_status_and_says_how_far_the_cluster_is_behind() throws SQLException {
        timers("timer", "scheduled", 5, "NULL");
        timers("timer", "retrying", 2, "NULL");
        timers("timer", "paused", 1, "NULL");
        timers("timer_history", "delivered", 4, "now()");
        timers("timer_history", "dead", 3, "now()");
        POSTGRES.sql()
                .execute(
                        "INSERT INTO timer_dead (id, finished_at, due_at, problem, lane, host, outcome, text)"
                                + " SELECT id, finished_at, due_at, 1, 5, 'localhost:80', 'failed', '' FROM timer_history WHERE status = 'dead'");
        timers("timer_history", "cancelled", 2, "now()");
        triggers("due", "now() - interval '10 s'", 2);
        triggers("waiting", "now() + interval '1 h'", 3);
        TimerCounts.Counts counts = counts();
        assertThat(counts.waiting().counts())
                .isEqualTo(new Counts(
                        new Counted(5, true), new Counted(2, true), new Counted(1, true), new Counted(3, true)));
        assertThat(counts.finished()).isEqualTo(9);
        assertThat(counts.delivered()).isEqualTo(4);
        assertThat(counts.cancelled()).isEqualTo(2);
        assertThat(counts.waiting().due()).isEqualTo(2);
        assertThat(counts.oldestSeconds()).isBetween(10.0, 300.0);
    }

    private static TimerCounts.Counts counts() {
        ClusterFigures cluster = new ClusterFigures(
                new JdbiDatabase(POSTGRES.dataSource()),
                new ClusterCounts((connection, lanes) -> Backlog.read(connection, "bide", lanes)),
                InstantSource.system());
        return new TimerCounts(POSTGRES.dataSource(), cluster::counted).current();
    }

    private static void timers(String table, String status, int count, String finishedAt) throws SQLException {
        POSTGRES.sql()
                .execute("INSERT INTO " + table
                        + " (id, status, due_at, next_attempt_at, created_at, timezone, spec, attempts_spent, finished_at)"
                        + " SELECT gen_random_uuid(), '" + status + "', now(), "
                        + (finishedAt.equals("NULL") ? "now()" : "NULL")
                        + ", now(), 'UTC', '{}', 0, " + finishedAt + " FROM generate_series(1, " + count + ")");
    }

    private static void triggers(String name, String due, int count) throws SQLException {
        POSTGRES.sql()
                .execute(
                        "INSERT INTO qrtz_job_details (sched_name, job_name, job_group, job_class_name, is_durable, is_nonconcurrent,"
                                + " is_update_data, requests_recovery) VALUES ('bide', 'deliver', 'timer', 'x', true, false, false, true) ON CONFLICT DO NOTHING");
        POSTGRES.sql()
                .execute(
                        "INSERT INTO qrtz_triggers (sched_name, trigger_name, trigger_group, job_name, job_group, next_fire_time, trigger_state,"
                                + " trigger_type, start_time) SELECT 'bide', '" + name
                                + "' || i, 'timer', 'deliver', 'timer',"
                                + " (extract(epoch FROM " + due
                                + ") * 1000)::bigint, 'WAITING', 'SIMPLE', 0 FROM generate_series(1, " + count
                                + ") AS i");
    }
}
