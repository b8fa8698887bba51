package dev.bide.engine.list;

import static dev.bide.engine.EngineNode.timer;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.bide.engine.EngineNode;
import dev.bide.engine.Timers;
import dev.bide.engine.quartz.FiringTimers;
import dev.bide.jobstore.PostgresJobStore;
import dev.bide.json.InvalidException;
import dev.bide.testing.PostgresExtension;
import dev.bide.testing.Seed;
import dev.bide.testing.Sql;
import dev.bide.workflow.Timer;
import dev.bide.workflow.TimerStatus;
import dev.bide.workflow.store.Cursor;
import dev.bide.workflow.store.Database;
import dev.bide.workflow.store.HistoryStore;
import dev.bide.workflow.store.Page;
import dev.bide.workflow.store.PageRequest;
import dev.bide.workflow.store.Session;
import dev.bide.workflow.store.TimerFilter;
import dev.bide.workflow.store.TimerFilter.Order;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class TimerListsIT {
    @RegisterExtension
    static final PostgresExtension POSTGRES = new PostgresExtension();

    private static final String URL = "http://127.0.0.1:9/x";

    private static EngineNode node;
    private static Sql sql;
    private static String spec;
    private static ListedTimers listed;

    @BeforeAll
    static void fill() throws Exception {
        node = EngineNode.api(POSTGRES.dataSource());
        sql = POSTGRES.sql();
        Timer any = node.engine.timers().create(timer("any", 60, URL)).join().value();
        spec = sql.text("SELECT spec FROM timer WHERE id = ?", any.id());
        node.engine.timers().cancel(any.id());
        sql.execute("DELETE FROM timer_history");
        listed = new ListedTimers(sql, Seed.random(), spec);
        listed.add(400);
        sql.execute("ANALYZE");
    }

    @AfterAll
    static void stop() {
        node.close();
    }

    private static List<Set<TimerStatus>> statuses() {
        return List.of(
                Set.of(),
                Set.of(TimerStatus.SCHEDULED),
                Set.of(TimerStatus.PAUSED),
                Set.of(TimerStatus.RETRYING, TimerStatus.PAUSED),
                Set.of(TimerStatus.DELIVERED),
                Set.of(TimerStatus.DEAD),
                Set.of(TimerStatus.CANCELLED),
                Set.of(TimerStatus.DEAD, TimerStatus.CANCELLED),
                Set.of(TimerStatus.SCHEDULED, TimerStatus.DELIVERED),
                EnumSet.complementOf(EnumSet.of(TimerStatus.PAUSED)));
    }

    @Test
    void every_filter_lists_what_matches_page_by_page_in_its_order() {
        Instant from = listed.now().minus(Duration.ofDays(9));
        Instant to = listed.now().plus(Duration.ofDays(9));
        int lists = 0;
        for (Set<TimerStatus> status : statuses()) {
            for (List<UUID> owner : owners()) {
                for (Instant dueFrom : new Instant[] {null, from}) {
                    for (Instant dueTo : new Instant[] {null, to}) {
                        compare(new TimerFilter(
                                owner.get(0), owner.get(1), owner.get(2), status, dueFrom, dueTo, null, null, null));
                        lists++;
                    }
                }
            }
        }
        assertThat(lists).isEqualTo(200);
        compare(new TimerFilter(null, null, null, Set.of(), null, null, null, null, 1L));
        compare(new TimerFilter(listed.workflows.get(0), null, null, Set.of(), null, to, null, null, 0L));
        compare(new TimerFilter(null, null, listed.runs.get(0), Set.of(TimerStatus.DEAD), null, null, null, null, 0L));
    }

    /** Workflow, task, run. */
    private static List<List<UUID>> owners() {
        return List.of(
                owner(null, null, null),
                owner(listed.workflows.get(0), null, null),
                owner(null, listed.tasks.get(0), null),
                owner(null, null, listed.runs.get(1)),
                owner(listed.workflows.get(2), listed.tasks.get(4), listed.runs.get(2)));
    }

    private static List<UUID> owner(@Nullable UUID workflow, @Nullable UUID task, @Nullable UUID run) {
        List<UUID> ids = new ArrayList<>();
        ids.add(workflow);
        ids.add(task);
        ids.add(run);
        return ids;
    }

    private static void compare(TimerFilter filter) {
        assertThat(all(node.engine.timers()::list, filter, 30))
                .as("%s, %s", filter, Seed.hint())
                .isEqualTo(listed.expected(filter));
    }

    private interface Lists {
        Page<Timer> list(TimerFilter filter, PageRequest page);
    }

    private static List<UUID> all(Lists lists, TimerFilter filter, int limit) {
        List<UUID> ids = new ArrayList<>();
        Cursor cursor = null;
        do {
            Page<Timer> page = lists.list(filter, new PageRequest(limit, cursor));
            assertThat(page.items()).hasSizeLessThanOrEqualTo(limit);
            page.items().forEach(timer -> ids.add(timer.id()));
            cursor = page.next();
        } while (cursor != null);
        return ids;
    }

    @Test
    void a_key_finds_its_timer_in_whichever_state() {
        Timer waiting =
                node.engine.timers().create(timer("waits", 600, URL)).join().value();
        Timer gone = node.engine.timers().create(timer("gone", 600, URL)).join().value();
        node.engine.timers().cancel(gone.id());
        assertThat(all(node.engine.timers()::list, ofKey("waits"), 5)).containsExactly(waiting.id());
        assertThat(all(node.engine.timers()::list, ofKey("waits", TimerStatus.CANCELLED), 5))
                .isEmpty();
        assertThat(all(node.engine.timers()::list, ofKey("gone"), 5)).containsExactly(gone.id());
        assertThat(all(node.engine.timers()::list, ofKey("gone", TimerStatus.CANCELLED), 5))
                .containsExactly(gone.id());
        assertThat(all(node.engine.timers()::list, ofKey("none"), 5)).isEmpty();
        forget(waiting, gone);
    }

    private static TimerFilter ofKey(String key, TimerStatus... status) {
        return new TimerFilter(null, null, null, Set.of(status), null, null, key, null, null);
    }

    @Test
    void a_host_lists_what_fires_in_its_order_what_is_paused_and_what_is_dead() {
        List<Timer> made = new ArrayList<>();
        for (int i = 0; i < 7; i++) {
            made.add(node.engine
                    .timers()
                    .create(timer("h" + i, 600, "https://A.example/" + i))
                    .join()
                    .value());
        }
        Instant moment = listed.now().plusSeconds(500);
        // Four of one moment, then one earlier, then one paused.
        made.subList(0, 4).forEach(one -> node.engine.timers().reschedule(one.id(), moment));
        node.engine.timers().reschedule(made.get(5).id(), moment.minusMillis(1));
        node.engine.timers().pause(made.get(6).id());
        Timer other = node.engine
                .timers()
                .create(timer("h9", 600, "https://a.example:444/"))
                .join()
                .value();
        Timer plain = node.engine
                .timers()
                .create(timer("h10", 601, "http://a.example/"))
                .join()
                .value();

        List<UUID> firing = all(node.engine.timers()::list, ofHost("a.example:443"), 3);
        assertThat(firing)
                .hasSize(6)
                .startsWith(made.get(5).id())
                .endsWith(made.get(4).id());
        assertThat(firing.subList(1, 5))
                .containsExactlyInAnyOrderElementsOf(
                        made.subList(0, 4).stream().map(Timer::id).toList());
        assertThat(all(node.engine.timers()::list, ofHost("a.Example"), 3))
                .hasSize(7)
                .endsWith(plain.id());
        assertThat(all(node.engine.timers()::list, ofHost("a.example:444"), 3)).containsExactly(other.id());
        assertThat(all(node.engine.timers()::list, ofHost("a.example", TimerStatus.RETRYING), 3))
                .isEmpty();
        assertThat(all(node.engine.timers()::list, ofHost("a.example", TimerStatus.PAUSED), 3))
                .containsExactly(made.get(6).id());
        TimerFilter within = new TimerFilter(
                null, null, null, Set.of(TimerStatus.SCHEDULED), moment, moment.plusMillis(1), null, "a.example", null);
        assertThat(all(node.engine.timers()::list, within, 3)).hasSize(4);

        int lane = (int) sql.number("SELECT lane FROM timer WHERE id = ?", other.id());
        node.engine.timers().cancel(other.id());
        sql.execute("UPDATE timer_history SET status = 'dead' WHERE id = ?", other.id());
        sql.execute(
                "INSERT INTO timer_dead (id, finished_at, due_at, problem, lane, host, outcome, text)"
                        + " SELECT id, finished_at, due_at, 9, ?, 'a.example:444', 'failed', '' FROM timer_history WHERE id = ?",
                lane,
                other.id());
        assertThat(all(node.engine.timers()::list, ofHost("a.example:444", TimerStatus.DEAD), 3))
                .containsExactly(other.id());
        assertThat(all(node.engine.timers()::list, ofHost("a.example", TimerStatus.DEAD), 3))
                .isEmpty();
        TimerFilter both = new TimerFilter(null, null, null, Set.of(), null, null, null, "a.example:444", 9L);
        assertThat(all(node.engine.timers()::list, both, 3)).containsExactly(other.id());
        made.addAll(List.of(other, plain));
        forget(made.toArray(Timer[]::new));
    }

    private static TimerFilter ofHost(String host, TimerStatus... status) {
        return new TimerFilter(null, null, null, Set.of(status), null, null, null, host, null);
    }

    @Test
    void a_page_looks_at_ten_thousand_rows_and_says_where_it_stopped() {
        UUID workflow = listed.id(listed.now());
        sql.execute(
                "INSERT INTO timer (id, status, due_at, next_attempt_at, created_at, timezone, spec, attempts_spent, run_id, workflow_id, workflow_version, task_id)"
                        + " SELECT (left(i::text, 24) || lpad(to_hex(n), 12, '0'))::uuid, CASE WHEN n IN (1, 12000) THEN 'retrying' ELSE 'scheduled' END,"
                        + " now(), now(), now(), 'UTC', ?::json, 0, i, i, 1, i FROM CAST(? AS uuid) AS i, generate_series(1, 12000) AS n",
                spec,
                workflow);
        TimerFilter filter = new TimerFilter(
                workflow, null, null, Set.of(TimerStatus.SCHEDULED, TimerStatus.PAUSED), null, null, null, null, null);
        TimerFilter other = new TimerFilter(
                workflow,
                null,
                null,
                Set.of(TimerStatus.RETRYING, TimerStatus.SCHEDULED),
                null,
                null,
                null,
                null,
                null);
        sql.execute(
                "UPDATE timer SET status = 'retrying' WHERE workflow_id = ? AND id <> (SELECT min(id::text)::uuid FROM timer WHERE workflow_id = ?)",
                workflow,
                workflow);
        sql.execute(
                "UPDATE timer SET status = 'scheduled' WHERE workflow_id = ? AND id = (SELECT min(id::text)::uuid FROM timer WHERE workflow_id = ?)",
                workflow,
                workflow);

        Page<Timer> first = node.engine.timers().list(filter, new PageRequest(50, null));
        assertThat(first.items()).isEmpty();
        assertThat(first.next()).isNotNull();
        Page<Timer> second = node.engine.timers().list(filter, new PageRequest(50, first.next()));
        assertThat(second.items()).hasSize(1);
        assertThat(second.next()).isNull();
        assertThat(all(node.engine.timers()::list, other, 500)).hasSize(12_000);
        sql.execute("DELETE FROM timer WHERE workflow_id = ?", workflow);
    }

    @Test
    void a_list_over_all_days_holds_few_locks_at_once() {
        List<Long> locks = new ArrayList<>();
        Database counting = new Watched(node.database, session -> locks.add(locks(session.connection())));
        TimerLists lists = lists(counting);
        for (TimerFilter filter : List.of(
                TimerFilter.ALL,
                new TimerFilter(null, null, null, TimerStatus.CANCELLED, null, null),
                new TimerFilter(null, null, null, TimerStatus.DEAD, null, null),
                new TimerFilter(null, null, null, null, listed.now().minus(Duration.ofDays(90)), null))) {
            all(lists::list, filter, 100);
        }
        assertThat(locks).hasSizeGreaterThan(20).allMatch(count -> count < 80);
    }

    private static long locks(Connection connection) {
        try (var statement = connection.createStatement();
                var row = statement.executeQuery("SELECT count(*) FROM pg_locks WHERE pid = pg_backend_pid()")) {
            row.next();
            return row.getLong(1);
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void what_moves_while_it_is_read_is_shown_once_as_it_is_by_then() {
        Timers timers = node.engine.timers();
        for (int when = 1; when <= 4; when++) {
            Timer moving =
                    timers.create(timer("moving-" + when, 600, URL)).join().value();
            int transaction = when;
            int[] count = {0};
            TimerLists lists = lists(new Watched(node.database, session -> {
                if (++count[0] == transaction) {
                    timers.cancel(moving.id());
                }
            }));
            assertThat(lists.list(TimerFilter.ALL, new PageRequest(20, null)).items())
                    .filteredOn(one -> one.id().equals(moving.id()))
                    .as("after transaction %s", when)
                    .singleElement()
                    .extracting(Timer::status)
                    .isEqualTo(TimerStatus.CANCELLED);
            forget(moving);
        }
    }

    private static TimerLists lists(Database database) {
        return new TimerLists(
                database, new FiringTimers(new PostgresJobStore()), host -> Optional.empty(), InstantSource.system());
    }

    /** Says when a transaction is about to be committed. */
    private record Watched(Database database, Consumer<Session> watch) implements Database {
        @Override
        public <T> T inTransaction(Function<Session, T> work) {
            return database.inTransaction(session -> {
                T result = work.apply(session);
                watch.accept(session);
                return result;
            });
        }

        @Override
        public void freeze(HistoryStore.Partition partition) {
            database.freeze(partition);
        }

        @Override
        public Session on(Connection connection) {
            return database.on(connection);
        }
    }

    private static List<Timer> list(TimerFilter filter, Cursor cursor) {
        return node.engine.timers().list(filter, new PageRequest(1, cursor)).items();
    }

    @Test
    void what_no_index_finds_is_refused_by_name() {
        assertField("key", new TimerFilter(UUID.randomUUID(), null, null, Set.of(), null, null, "k", null, null));
        assertField(
                "problem", new TimerFilter(null, null, null, Set.of(TimerStatus.PAUSED), null, null, null, null, 1L));
        assertField("host", ofHost("a", TimerStatus.DELIVERED));
        assertField("host", ofHost("a", TimerStatus.PAUSED, TimerStatus.SCHEDULED));
        for (String host : List.of("", "a/b", "a:0", "a:65536", "a b", "user@a", "a:80:80", "[::1", "a?b")) {
            assertThatThrownBy(() -> node.engine.timers().list(ofHost(host), new PageRequest(1, null)))
                    .as(host)
                    .isInstanceOfSatisfying(
                            InvalidException.class,
                            e -> assertThat(e.first().field()).isEqualTo("host"));
        }
        assertThat(ofHost("[::1]:80").order()).isEqualTo(Order.FIRING);
        TimerFilter known = ofHost("[::1]:80");
        Instant moment = Instant.ofEpochSecond(1_900_000_000);
        assertThat(list(known, Cursor.numbered(moment, TimerLists.MOST_SKIPPED)))
                .isEmpty();
        assertThatThrownBy(() -> list(known, Cursor.numbered(moment, TimerLists.MOST_SKIPPED + 1)))
                .isInstanceOfSatisfying(InvalidException.class, e -> {
                    assertThat(e.first().field()).isEqualTo("cursor");
                    assertThat(e.first().message()).contains("the first 100000 timers");
                });
        assertThat(node.engine
                        .timers()
                        .list(ofHost("[::1]:80"), new PageRequest(1, null))
                        .items())
                .isEmpty();
    }

    private static void assertField(String field, TimerFilter filter) {
        assertThatThrownBy(filter::order).isInstanceOfSatisfying(InvalidException.class, e -> assertThat(
                        e.first().field())
                .isEqualTo(field));
    }

    private static void forget(Timer... timers) {
        for (Timer timer : timers) {
            for (String table : List.of("timer", "timer_history", "timer_dead", "timer_key_history")) {
                sql.execute("DELETE FROM " + table + " WHERE id = ?", timer.id());
            }
            sql.execute(
                    "DELETE FROM qrtz_triggers WHERE trigger_name = ?",
                    timer.id().toString());
        }
    }
}
