package dev.bide.persistence;

import static dev.bide.persistence.Samples.NOW;
import static dev.bide.persistence.Samples.run;
import static dev.bide.persistence.Samples.timer;
import static org.assertj.core.api.Assertions.assertThat;

import dev.bide.testing.PostgresExtension;
import dev.bide.workflow.Timer;
import dev.bide.workflow.store.RunWithInput;
import dev.bide.workflow.store.Session;
import java.util.List;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A thousand keys are looked up in the history by its index, however much there is of it: where it has none of them, no row of it is read. */
class KeyLookupsIT {
    private static final UUID WORKFLOW = Samples.id();

    /** More than it takes for PostgreSQL to plan a prepared statement once and for all. */
    private static final int TIMES = 12;

    @RegisterExtension
    static final PostgresExtension POSTGRES = new PostgresExtension();

    private final Jdbi jdbi = Jdbi.create(POSTGRES.dataSource());
    private final JdbiDatabase database = new JdbiDatabase(jdbi);

    @Test
    void read_no_more_than_they_must() {
        jdbi.useHandle(KeyLookupsIT::fillHistory);
        assertThat(historyRowsRead(session -> session.timers().insert(timers())))
                .isZero();
        assertThat(historyRowsRead(session -> session.timers().findByKeys(keys())))
                .isZero();
        assertThat(historyRowsRead(session -> session.runs().insert(runs()))).isZero();
        assertThat(historyRowsRead(session -> session.runs().findByKeys(WORKFLOW, keys())))
                .isZero();
    }

    private static void fillHistory(Handle handle) {
        int rows = Integer.getInteger("rows", 100_000);
        handle.execute(
                "INSERT INTO timer_history SELECT gen_random_uuid(), 'delivered', now(), NULL, now(), 'UTC', '{}', 1, NULL, 1,"
                        + " NULL, NULL, NULL, NULL, 'history-' || n, now() + (n % 3) * interval '1 day' FROM generate_series(1, "
                        + rows
                        + ") AS n");
        handle.execute(
                "INSERT INTO run_history SELECT gen_random_uuid(), ?, 1, 'history-' || n, NULL, '{}', 'completed', NULL, NULL, NULL,"
                        + " now(), now(), now() + (n % 3) * interval '1 day' FROM generate_series(1, " + rows
                        + ") AS n",
                WORKFLOW);
        handle.execute("INSERT INTO timer_key_history SELECT key, id, finished_at FROM timer_history");
        handle.execute("INSERT INTO run_key_history SELECT key, workflow_id, id, finished_at FROM run_history");
        handle.execute("ANALYZE timer_key_history");
        handle.execute("ANALYZE run_key_history");
        handle.execute("ANALYZE timer_history");
        handle.execute("ANALYZE run_history");
    }

    private int historyRowsRead(Consumer<Session> work) {
        return database.inTransaction(session -> {
            for (int i = 0; i < TIMES; i++) {
                work.accept(session);
            }
            return Jdbi.create(session.connection())
                    .open()
                    .createQuery(
                            "SELECT sum(seq_tup_read + coalesce(idx_tup_fetch, 0)) FROM pg_stat_xact_user_tables WHERE relname ~ '^(run|timer)_(key_)?history'")
                    .mapTo(Integer.class)
                    .one();
        });
    }

    private static List<String> keys() {
        return IntStream.range(0, 1_000)
                .mapToObj(i -> "key-" + i + "-" + Samples.id())
                .toList();
    }

    private static List<Timer> timers() {
        return keys().stream().map(key -> timer(key, NOW)).toList();
    }

    private static List<RunWithInput> runs() {
        return keys().stream().map(key -> Samples.withInput(run(WORKFLOW, key))).toList();
    }
}
