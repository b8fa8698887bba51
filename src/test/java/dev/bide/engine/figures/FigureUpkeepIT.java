package dev.bide.engine.figures;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;
import static org.awaitility.Awaitility.await;

import dev.bide.delivery.Delivery;
import dev.bide.delivery.DeliveryConfiguration;
import dev.bide.delivery.destination.LatencyBuckets;
import dev.bide.jobstore.Backlog;
import dev.bide.persistence.JdbiDatabase;
import dev.bide.testing.PostgresExtension;
import dev.bide.workflow.figures.Counted;
import dev.bide.workflow.figures.Counts;
import dev.bide.workflow.figures.DestinationStore;
import dev.bide.workflow.figures.FigureStore.Cluster;
import dev.bide.workflow.figures.FigureStore.Faults;
import dev.bide.workflow.figures.FigureStore.Node;
import dev.bide.workflow.figures.FigureStore.Sums;
import dev.bide.workflow.figures.FigureStore.Warning;
import dev.bide.workflow.figures.HostPort;
import dev.bide.workflow.figures.Series;
import dev.bide.workflow.store.Database;
import dev.bide.workflow.store.HistoryStore;
import dev.bide.workflow.store.Session;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What is found once for the whole cluster, from rows of nodes that are not there. */
class FigureUpkeepIT {
    @RegisterExtension
    static final PostgresExtension POSTGRES = new PostgresExtension();

    private static final Set<String> ALL = Set.of("api", "scheduler", "worker");

    private final Database database = new JdbiDatabase(POSTGRES.dataSource(), url -> 5);
    private final ClusterCounts counts = new ClusterCounts((connection, lanes) -> new Backlog(0, 0));

    @BeforeEach
    void empty() {
        POSTGRES.sql()
                .execute("TRUNCATE node, node_figures, cluster_figures, cluster_minute, warning, destination, timer");
    }

    @Test
    void minutes_are_the_sums_of_all_nodes_and_tell_what_the_slots_tell() {
        Instant end = Instant.now().truncatedTo(ChronoUnit.MINUTES).minus(Duration.ofMinutes(30));
        Instant begin = end.minus(Duration.ofHours(1));
        slots("x", begin, end);
        slots("y", begin, end);
        POSTGRES.sql()
                .execute("INSERT INTO cluster_figures SELECT at + interval '3 s', '{}', extract(second FROM at), NULL"
                        + " FROM node_figures WHERE node_id = 'x'");
        new RollUp(database).run();

        Series minutes = figures().series(begin, end, Duration.ofMinutes(1));
        assertThat(minutes.points()).hasSize(60).allSatisfy(point -> {
            assertThat(point.accepted()).isEqualTo(12);
            assertThat(point.delivered()).isEqualTo(24);
            assertThat(point.due()).isEqualTo(50);
        });
        Series slots = figures().series(begin, end, Duration.ofSeconds(10));
        assertThat(slots.points()).hasSize(360).allSatisfy(point -> {
            assertThat(point.accepted()).isEqualTo(2);
            assertThat(point.latenessMillis()).isEqualTo(minutes.points().get(0).latenessMillis());
        });
        Optional<Double> best = in(session -> session.figures().capacityPerSecond());
        assertThat(best).contains(24 / 60.0);
    }

    @Test
    void a_step_in_which_nothing_is_known_is_there_between_those_that_are_and_nowhere_else() {
        Instant end = Instant.now().truncatedTo(ChronoUnit.MINUTES).minus(Duration.ofMinutes(30));
        slots("x", end.minusSeconds(600), end.minusSeconds(540));
        slots("x", end.minusSeconds(60), end);
        new RollUp(database).run();
        Series series = figures().series(end.minus(Duration.ofHours(1)), end, Duration.ofMinutes(1));
        assertThat(series.points())
                .extracting(Series.Point::accepted)
                .containsExactly(6L, 0L, 0L, 0L, 0L, 0L, 0L, 0L, 0L, 6L);
        assertThat(series.points().get(1).latenessMillis().p50()).isNull();
        assertThat(series.points().get(1).due()).isNull();
    }

    @Test
    void a_row_that_comes_late_is_added_to_its_minute_and_slots_that_are_no_minutes_yet_are_read_themselves() {
        Instant end = Instant.now().truncatedTo(ChronoUnit.MINUTES).minus(Duration.ofMinutes(2));
        Instant begin = end.minus(Duration.ofMinutes(3));
        slots("x", begin, end);
        assertThat(accepted(begin, end)).containsExactly(6L, 6L, 6L);
        new RollUp(database).run();
        slots("y", begin.plusSeconds(60), begin.plusSeconds(70));
        assertThat(accepted(begin, end)).containsExactly(6L, 6L, 6L);
        new RollUp(database).run();
        assertThat(accepted(begin, end)).containsExactly(6L, 7L, 6L);
    }

    @Test
    void a_row_whose_commit_was_not_answered_is_counted_once() {
        AtomicLong accepted = new AtomicLong(3);
        Unanswered lost = new Unanswered(database);
        NodeFigures node = new NodeFigures(
                lost,
                () -> new Totals(new Sums(accepted.get(), 0, 0, 0, 0, 0, List.of()), new Faults(0, 0, accepted.get())),
                () -> node("n", ALL, 0, 1),
                InstantSource.system(),
                () -> {});
        lost.next = true;
        assertThatThrownBy(() -> node.write(true)).hasMessage("no answer");
        accepted.set(10);
        node.write(true);
        assertThat(POSTGRES.sql().number("SELECT sum(accepted) FROM node_figures"))
                .isEqualTo(3);
        node.write(true);
        node.write(true);
        assertThat(POSTGRES.sql().number("SELECT sum(accepted) FROM node_figures"))
                .isEqualTo(10);
        assertThat(POSTGRES.sql().number("SELECT sum(poisoned) FROM node_figures"))
                .isEqualTo(10);
    }

    @Test
    void a_node_writes_a_slot_once_however_often_it_turns() {
        NodeFigures node = figuresOf("n", database, () -> {});
        for (int i = 0; i < 5; i++) {
            node.write(false);
        }
        assertThat(POSTGRES.sql().number("SELECT count(*) FROM node_figures")).isBetween(1L, 2L);
        assertThat(POSTGRES.sql().number("SELECT count(*) FROM node")).isEqualTo(1);
    }

    @Test
    void a_node_whose_heap_was_full_for_a_moment_goes_on_writing() {
        AtomicBoolean full = new AtomicBoolean(true);
        Thread main = Thread.currentThread();
        AtomicReference<Thread> writing = new AtomicReference<>(main);
        NodeFigures node = new NodeFigures(
                database,
                () -> Totals.NONE,
                () -> {
                    writing.set(Thread.currentThread());
                    return node("n", ALL, 0, 1);
                },
                () -> {
                    if (full.getAndSet(false)) {
                        throw new OutOfMemoryError("for a moment");
                    }
                    return Instant.now();
                },
                () -> {});
        node.start();
        try {
            await().until(() -> writing.get() != main && writing.get().getState() == Thread.State.TIMED_WAITING);
        } finally {
            node.close();
        }
        assertThat(full).isFalse();
        assertThat(POSTGRES.sql().number("SELECT count(*) FROM node_figures"))
                .as("the last turn's")
                .isOne();
    }

    @Test
    void nothing_is_written_of_a_node_after_it_has_been_forgotten() throws Exception {
        CountDownLatch writing = new CountDownLatch(1);
        CountDownLatch goOn = new CountDownLatch(1);
        NodeFigures node = figuresOf("n", database, () -> {
            writing.countDown();
            awaited(goOn);
            in(session -> {
                session.destinations().write("n", List.of(called("api.example.com")));
                return session;
            });
        });
        node.start();
        assertThat(writing.await(20, TimeUnit.SECONDS)).isTrue();
        Thread stopping = new Thread(node::close);
        stopping.start();
        await().until(() -> stopping.getState() == Thread.State.TIMED_WAITING);
        assertThat(POSTGRES.sql().number("SELECT count(*) FROM node"))
                .as("not forgotten yet")
                .isOne();
        goOn.countDown();
        stopping.join(20_000);
        await().until(() -> POSTGRES.sql().number("SELECT count(*) FROM node") == 0);
        assertThat(POSTGRES.sql().number("SELECT count(*) FROM destination_figures"))
                .isZero();
    }

    /** Those connections are for statements that may take half an hour. */
    @Test
    void no_statement_that_writes_a_node_s_figures_takes_longer_than_two_seconds() {
        Unanswered looked = new Unanswered(database);
        figuresOf("n", looked, () -> {}).write(false);
        assertThat(looked.longest).isEqualTo("2s");
        looked.longest = "";
        try (Delivery delivery = new DeliveryConfiguration().build(InstantSource.system())) {
            new DestinationWriter(looked, delivery, "n").write();
        }
        assertThat(looked.longest).isEqualTo("2s");
    }

    private static void awaited(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static NodeFigures figuresOf(String id, Database database, Runnable beside) {
        return new NodeFigures(database, () -> Totals.NONE, () -> node(id, ALL, 0, 1), InstantSource.system(), beside);
    }

    private static DestinationStore.Figures called(String host) {
        return new DestinationStore.Figures(
                "n",
                new HostPort(host, 443),
                Duration.ofMinutes(1),
                1,
                0,
                0,
                Map.of(),
                0,
                "closed",
                false,
                Collections.nCopies(LatencyBuckets.COUNT, 0));
    }

    @Test
    void warns_of_a_role_that_no_node_has_as_long_as_none_has_it() {
        seen(node("a", Set.of("api", "scheduler"), 0, 1));
        assertThat(warned())
                .extracting(Warning::code, Warning::subject)
                .containsExactly(tuple("role-missing", "worker"));
        Instant since = warned().get(0).since();
        POSTGRES.sql().execute("UPDATE warning SET since = since - interval '1 hour'");
        assertThat(warned().get(0).since()).isEqualTo(since.minus(Duration.ofHours(1)));
        seen(node("w", Set.of("worker"), 0, 1));
        assertThat(warned()).isEmpty();
        POSTGRES.sql().execute("UPDATE node SET seen_at = now() - interval '31 s' WHERE node_id = 'w'");
        assertThat(warned()).singleElement().satisfies(again -> assertThat(again.since())
                .isAfter(since.minus(Duration.ofMinutes(1))));
        assertThat(figures().nodes()).extracting(Node::nodeId).containsExactly("a", "w");
    }

    @Test
    void nobody_counts_where_no_scheduler_is_and_that_is_said_by_whoever_is_asked() {
        seen(node("a", Set.of("api", "worker"), 0, 1));
        assertThat(figures().stats().warnings()).isEmpty();
        new FigureUpkeep(database, counts).run();
        POSTGRES.sql().execute("UPDATE cluster_figures SET at = at - interval '1 minute'");
        POSTGRES.sql().execute("DELETE FROM warning");
        assertThat(figures().stats().warnings())
                .extracting(Warning::code, Warning::subject)
                .containsExactly(tuple("role-missing", "scheduler"));
    }

    @Test
    void warns_of_a_heap_that_is_nearly_full_and_of_clocks_that_are_apart() {
        seen(node("a", ALL, 1_001, 90));
        seen(node("b", ALL, -1_001, 89));
        seen(node("c", ALL, 1_000, 89));
        assertThat(warned())
                .extracting(Warning::code, Warning::subject)
                .containsExactlyInAnyOrder(
                        tuple("heap-nearly-full", "a"), tuple("clocks-apart", "a"), tuple("clocks-apart", "b"));
        seen(node("a", ALL, 0, 89));
        seen(node("b", ALL, 0, 89));
        assertThat(warned()).isEmpty();
    }

    @Test
    void warns_of_what_should_never_happen_for_a_day() {
        seen(node("a", ALL, 0, 1));
        assertThat(warned()).isEmpty();
        POSTGRES.sql()
                .execute("INSERT INTO node_figures VALUES (now() - interval '23 h', 'x', 0,0,0,0,0,0, 2, 3, 4, '{}'),"
                        + " (now() - interval '1 h', 'y', 0,0,0,0,0,0, 1, 0, 0, '{}')");
        assertThat(warned())
                .extracting(Warning::code, warning -> warning.detail().substring(0, 2))
                .containsExactlyInAnyOrder(
                        tuple("timers-repaired", "3 "),
                        tuple("timers-unreadable", "3 "),
                        tuple("triggers-poisoned", "4 "));
        POSTGRES.sql().execute("UPDATE node_figures SET at = at - interval '25 h'");
        assertThat(warned()).isEmpty();
    }

    @Test
    void warns_of_partitions_that_are_missing_and_of_destinations_that_are_paused() {
        seen(node("a", ALL, 0, 1));
        HistoryStore.Partition tomorrow = in(session -> new HistoryStore.Partition(
                HistoryStore.History.RUN, session.history().today().plusDays(1)));
        POSTGRES.sql()
                .execute("DROP TABLE run_history_" + tomorrow.day().toString().replace("-", ""));
        in(session -> session.destinations().pause(new HostPort("api.example.com", 443), 7, "they move"));
        assertThat(warned())
                .extracting(Warning::code)
                .containsExactlyInAnyOrder("partitions-missing", "destination-paused");
        assertThat(warned()).extracting(Warning::detail).contains("api.example.com:443 is paused: they move");
        in(session -> session.history().make(tomorrow));
        in(session -> session.destinations().resume(new HostPort("api.example.com", 443)));
        assertThat(warned()).isEmpty();
    }

    @Test
    void many_timers_are_counted_no_further_than_a_hundred_thousand_and_estimated_then() {
        timers(100_000);
        assertThat(count().scheduled().count()).isEqualTo(100_000);
        assertThat(count().scheduled().exact()).isTrue();
        timers(150_000);
        assertThat(count().scheduled().exact()).isFalse();
        assertThat(count().scheduled().count()).isGreaterThan(100_000);
        POSTGRES.sql().execute("ANALYZE timer");
        assertThat(count().scheduled().count()).isBetween(240_000L, 260_000L);
        assertThat(count().scheduled().exact()).isFalse();
        // All pages of those that are gone would be read to count the last.
        POSTGRES.sql().execute("DELETE FROM timer WHERE ctid < (SELECT max(ctid) FROM timer)");
        POSTGRES.sql().execute("VACUUM timer");
        assertThat(count().scheduled()).isEqualTo(new Counted(1, false));
    }

    @Test
    void where_timers_can_not_be_counted_it_is_known_all_the_same_how_far_all_are_behind() {
        timers(3);
        FigureUpkeep upkeep = new FigureUpkeep(database, new ClusterCounts((connection, lanes) -> new Backlog(7, 1.5)));
        POSTGRES.sql().execute("ALTER TABLE timer_dead RENAME TO timer_dead_away");
        try {
            assertThatThrownBy(upkeep::run).hasMessageContaining("timer_dead");
            assertThat(POSTGRES.sql().number("SELECT count(*) FROM cluster_figures"))
                    .as("nobody has counted")
                    .isZero();
            POSTGRES.sql().execute("ALTER TABLE timer_dead_away RENAME TO timer_dead");
            upkeep.run();
            POSTGRES.sql().execute("UPDATE cluster_figures SET at = at - interval '1 minute', due = 0");
            POSTGRES.sql().execute("ALTER TABLE timer_dead RENAME TO timer_dead_away");
            assertThatThrownBy(upkeep::run).hasMessageContaining("timer_dead");
        } finally {
            POSTGRES.sql().execute("ALTER TABLE IF EXISTS timer_dead_away RENAME TO timer_dead");
        }
        Cluster newest = in(session -> session.figures().cluster().orElseThrow());
        assertThat(newest.at()).isAfter(Instant.now().minusSeconds(50));
        assertThat(newest.due()).isEqualTo(7);
        assertThat(newest.counts().scheduled()).isEqualTo(new Counted(3, false));
    }

    private Counts count() {
        return in(session -> counts.count(session).counts());
    }

    private static void timers(int count) {
        POSTGRES.sql()
                .execute(
                        "INSERT INTO timer (id, status, due_at, next_attempt_at, created_at, timezone, spec, attempts_spent)"
                                + " SELECT gen_random_uuid(), 'scheduled', now(), now(), now(), 'UTC', '{}', 0 FROM generate_series(1, "
                                + count + ")");
    }

    /** Each slot accepted one and delivered two; one of three first attempts was later than a millisecond. */
    private static void slots(String node, Instant from, Instant to) {
        POSTGRES.sql()
                .execute("INSERT INTO node_figures SELECT at, '" + node + "', 1, 2, 0, 0, 3, 3, 0, 0, 0, '{2,1}'"
                        + " FROM generate_series('" + from + "'::timestamptz, '" + to
                        + "'::timestamptz - interval '10 s', '10 s') AS at");
    }

    private List<Long> accepted(Instant from, Instant to) {
        return figures().series(from, to, Duration.ofMinutes(1)).points().stream()
                .map(Series.Point::accepted)
                .toList();
    }

    /** A new one, which keeps no answer. */
    private ClusterFigures figures() {
        return new ClusterFigures(database, counts, InstantSource.system());
    }

    private List<Warning> warned() {
        new Warnings(database).run();
        return in(session -> session.figures().warnings(50));
    }

    private void seen(Node node) {
        in(session -> {
            session.figures().write(node);
            return node;
        });
    }

    private static Node node(String id, Set<String> roles, long clockOffset, long heapLive) {
        Node.Use use = new Node.Use(1, 100);
        return new Node(id, roles, "test", Instant.now(), Instant.now(), clockOffset, 0, use, use, heapLive);
    }

    private <T> T in(Function<Session, T> work) {
        return database.inTransaction(work);
    }

    /** Commits, and where it is told to, nobody hears of it; and looks how long a statement might take at the end. */
    private static final class Unanswered implements Database {
        private final Database database;
        private boolean next;
        private String longest = "";

        Unanswered(Database database) {
            this.database = database;
        }

        @Override
        public <T> T inTransaction(Function<Session, T> work) {
            T done = database.inTransaction(session -> {
                T result = work.apply(session);
                longest = statementTimeout(session);
                return result;
            });
            if (next) {
                next = false;
                throw new IllegalStateException("no answer");
            }
            return done;
        }

        private static String statementTimeout(Session session) {
            try (Statement statement = session.connection().createStatement();
                    ResultSet row = statement.executeQuery("SHOW statement_timeout")) {
                row.next();
                return row.getString(1);
            } catch (SQLException e) {
                throw new IllegalStateException(e);
            }
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
}
