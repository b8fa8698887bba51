package dev.bide.jobstore.benchmark;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * The rows written and deleted for a timer by our store, done by the server alone on one connection: no Java, no client, nothing per timer but its rows. In batches of
 * 500, each step its own transaction: fired (the trigger's two rows deleted, its entry inserted), completed (the entry deleted).
 */
final class FloorContender implements Contender {
    private final DataSource dataSource;
    private final QuartzContender.Schema schema;
    private @Nullable Thread thread;
    private volatile boolean running;
    private @Nullable Tally current;

    FloorContender(DataSource dataSource, QuartzContender.Schema schema) {
        this.dataSource = dataSource;
        this.schema = schema;
    }

    @Override
    public String name() {
        return "floor";
    }

    @Override
    public void prepare() throws Exception {
        schema.make();
        execute("""
                CREATE FUNCTION take(n int) RETURNS SETOF text LANGUAGE sql AS $$
                  WITH taken AS (
                    DELETE FROM qrtz_triggers t
                    WHERE t.ctid = ANY (ARRAY (
                      SELECT w.ctid FROM qrtz_triggers w
                      WHERE w.sched_name = 'floor' AND w.trigger_state = 'WAITING'
                        AND w.next_fire_time <= (extract(epoch FROM clock_timestamp()) * 1000)::bigint
                      ORDER BY w.next_fire_time, w.priority DESC LIMIT n FOR UPDATE SKIP LOCKED))
                    RETURNING t.trigger_name, t.trigger_group, t.next_fire_time, t.job_name, t.job_group),
                  details AS (
                    DELETE FROM qrtz_simple_triggers
                    WHERE sched_name = 'floor' AND trigger_name = ANY (ARRAY (SELECT trigger_name FROM taken)) AND trigger_group = 'floor'),
                  entered AS (
                    INSERT INTO qrtz_fired_triggers
                    SELECT 'floor', trigger_name, trigger_name, trigger_group, 'floor', next_fire_time, next_fire_time, 5, 'EXECUTING', job_name, job_group,
                      NULL, true FROM taken)
                  SELECT trigger_name FROM taken $$;
                CREATE PROCEDURE drain() LANGUAGE plpgsql AS $$
                DECLARE names text[];
                BEGIN
                  LOOP
                    names := ARRAY (SELECT take(500));
                    COMMIT;
                    EXIT WHEN cardinality(names) = 0;
                    DELETE FROM qrtz_fired_triggers WHERE sched_name = 'floor' AND entry_id = ANY (names);
                    COMMIT;
                  END LOOP;
                END $$;
                """);
    }

    @Override
    public void store(String run, Tally tally, long[] dueMillis) throws Exception {
        current = tally;
        for (int from = 0; from < dueMillis.length; from += 1_000) {
            int to = Math.min(from + 1_000, dueMillis.length);
            for (int i = from; i < to; i++) {
                tally.due(i, dueMillis[i]);
            }
            String names = "SELECT 'floor', '" + run + "-' || lpad(i::text, 9, '0'), 'floor'";
            String range = " FROM generate_series(" + from + ", " + (to - 1) + ") i";
            execute(
                    "WITH t AS (INSERT INTO qrtz_triggers (sched_name, trigger_name, trigger_group, job_name, job_group, next_fire_time, prev_fire_time,"
                            + " priority, trigger_state, trigger_type, start_time, end_time, misfire_instr) "
                            + names + ", 'count', 'floor', " + dueMillis[from] + ", -1, 5, 'WAITING', 'SIMPLE', "
                            + dueMillis[from] + ", 0, -1" + range
                            + ") INSERT INTO qrtz_simple_triggers " + names + ", 0, 0, 0" + range);
        }
    }

    @Override
    public void start() {
        running = true;
        Thread drain = new Thread(() -> {
            while (running) {
                try {
                    long before = remaining();
                    execute("CALL drain()");
                    report(before - remaining());
                    Thread.sleep(20);
                } catch (Exception e) {
                    throw new IllegalStateException(e);
                }
            }
        });
        thread = drain;
        drain.start();
    }

    /** Two rows are left of each timer before, none after. The server fires nothing; its timers count as fired in their order. */
    private void report(long rows) {
        Tally tally = current;
        for (long i = 0; tally != null && i < rows / 2; i++) {
            tally.fired(tally.total());
        }
    }

    @Override
    public void stop() throws InterruptedException {
        running = false;
        Thread drain = thread;
        if (drain != null) {
            drain.join();
        }
    }

    @Override
    public long remaining() throws SQLException {
        try (Connection connection = dataSource.getConnection();
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(
                        "SELECT (SELECT count(*) FROM qrtz_triggers) + (SELECT count(*) FROM qrtz_simple_triggers)")) {
            row.next();
            return row.getLong(1);
        }
    }

    private void execute(String sql) throws SQLException {
        try (Connection connection = dataSource.getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    @Override
    public void close() throws InterruptedException {
        stop();
        ((org.apache.tomcat.jdbc.pool.DataSource) dataSource).close(true);
    }
}
