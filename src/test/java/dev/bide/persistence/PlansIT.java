package dev.bide.persistence;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.bide.engine.figures.DueDensity;
import dev.bide.engine.list.RunLists;
import dev.bide.engine.list.TimerLists;
import dev.bide.engine.quartz.FiringTimers;
import dev.bide.jobstore.PostgresJobStore;
import dev.bide.testing.Plans;
import dev.bide.testing.PostgresExtension;
import dev.bide.testing.Sql;
import dev.bide.workflow.Json;
import dev.bide.workflow.RunStatus;
import dev.bide.workflow.TimerStatus;
import dev.bide.workflow.figures.Density;
import dev.bide.workflow.figures.DueStore.Buckets;
import dev.bide.workflow.store.ListStore;
import dev.bide.workflow.store.PageRequest;
import dev.bide.workflow.store.RunFilter;
import dev.bide.workflow.store.TimerFilter;
import dev.bide.workflow.store.WorkflowStore;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What people look at reads a bounded number of pages by index, in each plan, however much there is. */
class PlansIT {
    @RegisterExtension
    static final PostgresExtension POSTGRES = new PostgresExtension();

    private static final int DAYS = 40;
    private static final PageRequest PAGE = new PageRequest(50, null);

    /** What no index chooses is asked of so many rows; each may lie on a page of its own. */
    private static final int MOST_PAGES = ListStore.LOOKED_AT + 1_000;

    private static UUID workflow;
    private static UUID task;
    private static UUID run;

    private final Plans plans = new Plans(POSTGRES.dataSource());
    private final JdbiDatabase database = new JdbiDatabase(plans.jdbi());
    private final TimerLists timers = new TimerLists(
            database, new FiringTimers(new PostgresJobStore()), host -> Optional.of(Set.of(7)), InstantSource.system());

    @BeforeAll
    static void fill() {
        Sql sql = POSTGRES.sql();
        String spec = new JsonColumns(Json.mapper()).write(Samples.spec());
        for (String history : List.of("timer_history", "run_history", "timer_dead", "run_key_history")) {
            sql.number(
                    "SELECT count(bide_make_partition(?, (now() AT TIME ZONE 'UTC')::date - ago)) FROM generate_series(0, ?) AS ago",
                    history,
                    DAYS);
        }
        sql.execute(
                "CREATE FUNCTION an_id(made timestamptz, n bigint) RETURNS uuid LANGUAGE sql IMMUTABLE AS $$"
                        + " SELECT (lpad(to_hex((date_part('epoch', made) * 1000)::bigint), 12, '0') || '7' || lpad(to_hex(n % 4096), 3, '0') || '8' || lpad(to_hex(n), 15, '0'))::uuid $$");
        String longAgo = "CAST('" + Instant.now().minus(Duration.ofDays(DAYS)) + "' AS timestamptz)";
        sql.execute("INSERT INTO workflow SELECT an_id(" + longAgo
                + ", n), 1, now(), NULL, 'Workflow ' || n FROM generate_series(1, 3000) AS n");
        sql.execute(
                "INSERT INTO workflow_version SELECT id, n, name, NULL, NULL, '[]', now() FROM workflow, generate_series(1, 3) AS n");
        sql.execute("INSERT INTO workflow_task SELECT an_id(" + longAgo + ", 10000 + n), an_id(" + longAgo
                + ", n % 20), 'task', 1 FROM generate_series(1, 100) AS n");
        String owned = "an_id(" + longAgo + ", 100000 + n), an_id(" + longAgo + ", n % 100 % 20), 1, an_id(" + longAgo
                + ", 10000 + n % 100)";
        sql.execute(
                "INSERT INTO timer (id, status, due_at, next_attempt_at, created_at, timezone, spec, attempts_spent, lane, run_id, workflow_id, workflow_version, task_id)"
                        + " SELECT an_id(now() - n * interval '30 seconds', n), CASE WHEN n % 50 = 0 THEN 'paused' WHEN n % 50 = 1 THEN 'retrying' ELSE 'scheduled' END,"
                        + " now() + n % 9973 * interval '5 minutes', now(), now(), 'UTC', CAST(? AS json), 0, n % 10, "
                        + owned
                        + " FROM generate_series(1, 100000) AS n",
                spec);
        String died = "date_trunc('milliseconds', now() - n * interval '80 seconds')";
        sql.execute(
                "INSERT INTO timer_history (id, status, due_at, created_at, timezone, spec, attempts_spent, finished_at, run_id, workflow_id, workflow_version, task_id)"
                        + " SELECT an_id(" + died
                        + " - interval '1 hour', n), CASE WHEN n % 2 = 0 THEN 'dead' WHEN n % 8 = 1 THEN 'cancelled' ELSE 'delivered' END, "
                        + died + ", now(), 'UTC', CAST(? AS json), 1, "
                        + died + ", " + owned + " FROM generate_series(1, 40000) AS n",
                spec);
        sql.execute(
                "INSERT INTO timer_dead SELECT id, finished_at, due_at, n % 20, n % 10, 'a:1', 'failed', NULL, '', run_id, workflow_id, task_id"
                        + " FROM (SELECT *, row_number() OVER (ORDER BY finished_at) AS n FROM timer_history WHERE status = 'dead') AS dead");
        sql.execute(
                "INSERT INTO run (id, workflow_id, workflow_version, key, input, status, created_at, updated_at)"
                        + " SELECT an_id(now() - n * interval '30 seconds', n), an_id(" + longAgo
                        + ", n % 20), 1, 'key-' || n, '{}', CASE WHEN n % 50 = 0 THEN 'paused' ELSE 'active' END, now(), now() FROM generate_series(1, 40000) AS n");
        sql.execute(
                "INSERT INTO run_history (id, workflow_id, workflow_version, key, input, status, created_at, updated_at, finished_at)"
                        + " SELECT an_id(" + died + " - interval '1 hour', n), an_id(" + longAgo
                        + ", n % 20), 1, 'old-' || n, '{}', CASE WHEN n % 8 = 0 THEN 'failed' WHEN n % 8 = 1 THEN 'cancelled' ELSE 'completed' END, now(), now(), "
                        + died + " FROM generate_series(1, 40000) AS n");
        sql.execute("INSERT INTO run_key_history SELECT key, workflow_id, id, finished_at FROM run_history");
        // Again while somebody is at work who could still see the rows as they were, as autovacuum is now and then.
        await().atMost(Duration.ofMinutes(1)).until(() -> {
            sql.execute("VACUUM (ANALYZE)");
            return sql.number(
                            "SELECT count(*) FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace"
                                    + " AND relpages > 100 AND relallvisible < relpages * 0.9")
                    == 0;
        });
        task = UUID.fromString(sql.text("SELECT task_id FROM timer LIMIT 1"));
        workflow = UUID.fromString(sql.text("SELECT workflow_id FROM timer LIMIT 1"));
        run = UUID.fromString(sql.text("SELECT run_id FROM timer LIMIT 1"));
    }

    private static TimerFilter filter(UUID ofWorkflow, UUID ofTask, UUID ofRun, boolean due, TimerStatus... status) {
        Instant from = due ? Instant.now() : null;
        return new TimerFilter(
                ofWorkflow,
                ofTask,
                ofRun,
                Set.of(status),
                from,
                due ? from.plusSeconds(864_000) : null,
                null,
                null,
                null);
    }

    @Test
    void every_list_of_timers() {
        for (TimerStatus[] status : new TimerStatus[][] {
            {},
            {TimerStatus.SCHEDULED},
            {TimerStatus.PAUSED},
            {TimerStatus.RETRYING, TimerStatus.PAUSED},
            {TimerStatus.DELIVERED},
            {TimerStatus.DEAD},
            {TimerStatus.CANCELLED, TimerStatus.PAUSED}
        }) {
            for (boolean due : new boolean[] {false, true}) {
                check(filter(null, null, null, due, status));
                check(filter(workflow, null, null, due, status));
                check(filter(null, task, null, due, status));
                check(filter(null, null, run, due, status));
            }
        }
        check(new TimerFilter(null, null, null, Set.of(), null, null, null, null, 5L));
        check(new TimerFilter(null, null, null, Set.of(TimerStatus.DEAD), null, null, null, "a", null));
        check(new TimerFilter(null, null, null, Set.of(TimerStatus.PAUSED), null, null, null, "a", null));
        check(new TimerFilter(null, null, null, Set.of(), null, null, "a key", null, null));
    }

    private void check(TimerFilter filter) {
        check(filter.toString(), MOST_PAGES, () -> timers.list(filter, PAGE));
    }

    @Test
    void every_list_of_runs() {
        RunLists runs = new RunLists(database, InstantSource.system());
        for (Set<RunStatus> status : List.<Set<RunStatus>>of(
                Set.of(),
                Set.of(RunStatus.ACTIVE),
                Set.of(RunStatus.PAUSED),
                Set.of(RunStatus.FAILED, RunStatus.CANCELLED),
                Set.of(RunStatus.COMPLETED))) {
            for (RunFilter filter : List.of(
                    new RunFilter(null, status, null),
                    new RunFilter(workflow, status, null),
                    new RunFilter(null, status, "old-77"))) {
                check(filter.toString(), MOST_PAGES, () -> runs.list(filter, PAGE));
            }
        }
    }

    @Test
    void workflows_and_who_waits_in_them() {
        check(
                "search",
                1_000,
                () -> database.inTransaction(
                        session -> session.workflows().list(new WorkflowStore.Filter("flow 29", false), PAGE)));
        check(
                "versions",
                100,
                () -> database.inTransaction(session -> session.workflows().versions(workflow, PAGE)));
        check(
                "waiting",
                5_000,
                () -> database.inTransaction(session -> session.workflows().waiting(workflow)));
    }

    @Test
    void the_density_of_all_of_a_task_and_of_a_workflow() {
        DueDensity density =
                new DueDensity(database, new FiringTimers(new PostgresJobStore()), host -> Optional.empty());
        Instant from = Instant.now();
        Buckets buckets = new Buckets(from, from.plus(Duration.ofDays(5)), 400);
        check("all", 2_000, () -> density.of(new Density.Asked(buckets, null, null, null)));
        check("task", 500, () -> density.of(new Density.Asked(buckets, null, task, null)));
        check("workflow", 2_000, () -> density.of(new Density.Asked(buckets, workflow, null, null)));
    }

    private void check(String what, int mostPages, Runnable work) {
        List<Plans.Plan> all = plans.of(work);
        assertThat(all).as(what).isNotEmpty();
        for (Plans.Plan plan : all) {
            assertThat(plan.pages()).as("%s: pages of %s", what, plan).isLessThanOrEqualTo(mostPages);
            plan.forEach(node -> {
                String kind = node.path("Node Type").textValue();
                long rows = node.path("Actual Rows").longValue()
                        + node.path("Rows Removed by Filter").longValue();
                long most = kind.equals("Seq Scan") ? 3_000 : ListStore.LOOKED_AT + 1;
                if (kind.equals("Seq Scan") || kind.equals("Sort") || kind.contains("Bitmap")) {
                    assertThat(rows).as("%s: %s in %s", what, kind, plan).isLessThanOrEqualTo(most);
                }
            });
        }
    }
}
