package dev.bide.jobstore.internal.fire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.bide.jobstore.Cluster;
import dev.bide.jobstore.Lanes;
import dev.bide.jobstore.Node;
import dev.bide.jobstore.PostgresJobStore;
import dev.bide.jobstore.internal.sql.Counters;
import dev.bide.jobstore.internal.sql.Tables;
import dev.bide.testing.PostgresExtension;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Date;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.tomcat.jdbc.pool.PoolProperties;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.quartz.JobPersistenceException;
import org.quartz.spi.OperableTrigger;

/** Triggers whose lane is held wait, cost nobody anything, and go out as there is room. */
class LanesIT {
    @RegisterExtension
    static final PostgresExtension POSTGRES = new PostgresExtension();

    /** Room as a test sets it. */
    private static final class Rules implements Lanes {
        final Map<Integer, Integer> room = new ConcurrentHashMap<>();
        final Queue<Integer> emptied = new ConcurrentLinkedQueue<>();
        volatile Runnable beforeTaking = () -> {};

        @Override
        public Map<Integer, Integer> held() {
            return Map.copyOf(room);
        }

        @Override
        public void beforeTaking() {
            beforeTaking.run();
        }

        @Override
        public void emptied(int lane) {
            emptied.add(lane);
        }
    }

    private final Rules rules = new Rules();
    private final long begin = System.currentTimeMillis();

    @Test
    void a_lane_that_is_held_gives_its_oldest_as_there_is_room_and_the_others_all() throws Exception {
        obeysRoom(new Cluster("lanes-room", POSTGRES.dataSource()));
    }

    private void obeysRoom(Cluster cluster) throws Exception {
        try (Node node = joined(cluster)) {
            store(cluster, 5, 20, begin - 10_000);
            store(cluster, 7, 20, begin - 20_000);
            rules.room.put(7, 0);
            assertThat(byLane(take(node, 100))).isEqualTo(Map.of(5, 20L));
            assertThat(take(node, 100)).isEmpty();
            rules.room.put(7, 3);
            assertThat(names(take(node, 100))).containsExactly("7-1", "7-2", "7-3");
            assertThat(names(take(node, 100))).containsExactly("7-4", "7-5", "7-6");
            assertThat(rules.emptied).isEmpty();
            rules.room.put(7, 15);
            assertThat(take(node, 100)).hasSize(14);
            assertThat(rules.emptied).containsExactly(7);
        }
    }

    @Test
    void what_fell_behind_goes_out_when_its_lane_is_not_held_any_more() throws Exception {
        Cluster cluster = new Cluster("lanes-behind", POSTGRES.dataSource());
        try (Node node = joined(cluster)) {
            store(cluster, 7, 250, begin - 60_000);
            store(cluster, 5, 1, begin - 10_000);
            rules.room.put(7, 0);
            assertThat(byLane(take(node, 100))).isEqualTo(Map.of(5, 1L));
            rules.room.clear();
            assertThat(names(take(node, 100))).hasSize(100).startsWith("7-1");
            // A full batch of others is due: a quarter of it is for those behind.
            store(cluster, 6, 100, begin - 30_000);
            node.postgres().signal(null);
            assertThat(byLane(take(node, 100))).isEqualTo(Map.of(6, 75L, 7, 25L));
            assertThat(byLane(take(node, 100))).isEqualTo(Map.of(6, 25L, 7, 75L));
            assertThat(byLane(take(node, 100))).isEqualTo(Map.of(7, 50L));
            assertThat(rules.emptied).isEmpty();
            // And as ever from now on.
            store(cluster, 7, 1, begin - 1);
            node.postgres().signal(null);
            assertThat(take(node, 100)).hasSize(1);
        }
    }

    @Test
    void lanes_with_more_room_than_a_batch_share_it() throws Exception {
        Cluster cluster = new Cluster("lanes-share", POSTGRES.dataSource());
        try (Node node = joined(cluster)) {
            for (int lane = 10; lane < 20; lane++) {
                store(cluster, lane, 50, begin - 60_000 + lane);
                rules.room.put(lane, 50);
            }
            Map<Integer, Long> taken = new HashMap<>();
            for (int i = 0; i < 10; i++) {
                byLane(take(node, 25)).forEach((lane, number) -> taken.merge(lane, number, Long::sum));
            }
            assertThat(taken).hasSize(10).allSatisfy((lane, number) -> assertThat(number)
                    .isEqualTo(25));
        }
    }

    @Test
    void a_take_of_one_serves_both() throws Exception {
        Cluster cluster = new Cluster("lanes-one", POSTGRES.dataSource());
        try (Node node = joined(cluster)) {
            store(cluster, 5, 20, begin - 10_000);
            store(cluster, 7, 20, begin - 10_000);
            rules.room.put(7, 1);
            Map<Integer, Long> taken = new HashMap<>();
            for (int i = 0; i < 12; i++) {
                byLane(take(node, 1)).forEach((lane, number) -> taken.merge(lane, number, Long::sum));
            }
            assertThat(taken).isEqualTo(Map.of(5, 9L, 7, 3L));
        }
    }

    /** Entries of the index read, as PostgreSQL counts them: time would depend on the machine. */
    @Test
    void what_is_held_costs_those_that_are_not_nothing() throws Exception {
        Cluster cluster = new Cluster("lanes-cost", POSTGRES.dataSource());
        int held = 200_000;
        int others = 2_000;
        store(cluster, 7, held, begin - 10_000_000);
        rules.room.put(7, 0);
        long beside = indexEntriesRead(cluster, node -> {
            for (int i = 0; i < others / 50; i++) {
                cluster.inTransaction(storing(node, oneShots(i, 50)));
                node.postgres().signal(Instant.now());
                awaitFirings(cluster, 50 * (i + 1));
            }
            assertThat(node.postgres().statistics().acquisitions()).isGreaterThan(30);
        });
        System.out.printf("index entries read for %d beside %d held: %d%n", others, held, beside);
        // From the beginning each time it would be some ten million.
        assertThat(beside).isLessThan(2_000_000);
        rules.room.put(7, 1_000);
        long read = indexEntriesRead(cluster, node -> awaitFirings(cluster, others + held));
        System.out.printf("index entries read for %d of one lane: %d%n", held, read);
        assertThat(read).isLessThan(5_000_000);
    }

    /** Stored by a node that took long to commit: nobody here is told, and the floor has risen beyond it. */
    @Test
    void one_that_comes_in_early_beside_many_that_are_held_is_found() throws Exception {
        Cluster cluster = new Cluster("lanes-early", POSTGRES.dataSource());
        try (Node node = joined(cluster)) {
            store(cluster, 7, 100_000, begin - 10_000_000);
            rules.room.put(7, 0);
            assertThat(take(node, 100)).isEmpty();
            store(cluster, 5, 1, begin - 9_950_000);
            assertThat(taken(node, 1)).containsExactly("5-1");
            // More moments than are looked at in one take, and more at one moment than are asked for.
            store(cluster, 6, 3 * Probe.MOST, begin - 9_940_000);
            store(cluster, 8, 30, begin - 9_930_000);
            cluster.execute("UPDATE qrtz_triggers SET next_fire_time = " + (begin - 9_930_000)
                    + " WHERE sched_name = 'lanes-early' AND priority = 8");
            assertThat(taken(node, 3 * Probe.MOST + 30))
                    .startsWith("6-1", "6-2")
                    .last()
                    .asString()
                    .startsWith("8-");
            assertThat(rules.emptied).isEmpty();
        }
    }

    /** It would say for good that more is due, and takes would follow one another at once. */
    @Test
    void a_pass_that_was_stopped_ends_with_the_last_lane_that_is_held() throws Exception {
        Cluster cluster = new Cluster("lanes-pace", POSTGRES.dataSource());
        try (Node node = joined(cluster, store -> store.setAcquireInterval(60_000))) {
            rules.room.put(7, 0);
            store(cluster, 5, 5_000, begin - 10_000);
            List<String> names = new ArrayList<>(names(take(node, 20)));
            // Of these a take of 20 finds the first, and leaves the pass where it is.
            store(cluster, 6, 3 * Probe.MOST, begin - 9_940_000);
            await().until(() -> {
                names.addAll(names(take(node, 20)));
                return names.contains("6-1");
            });
            rules.room.clear();
            assertThat(take(node, 20)).as("lane 7 is behind until now").hasSize(15);
            assertThat(take(node, 10_000)).as("all that is left").hasSizeBetween(1, 9_999);

            Thread next = new Thread(() -> takeUntilInterrupted(node));
            next.start();
            await().until(() -> !next.isAlive() || isPausing(next));
            assertThat(isPausing(next)).as("waits for more to come due").isTrue();
            next.interrupt();
            next.join(20_000);
            assertThat(next.isAlive()).isFalse();
        }
    }

    private static void takeUntilInterrupted(Node node) {
        try {
            take(node, 20);
        } catch (JobPersistenceException e) {
            // Without the pause it goes on, and may find that it was interrupted.
            assertThat(Thread.currentThread().isInterrupted()).isTrue();
        }
    }

    private static boolean isPausing(Thread thread) {
        return thread.getState() == Thread.State.TIMED_WAITING
                && Stream.of(thread.getStackTrace())
                        .anyMatch(frame -> frame.getClassName().equals(Take.class.getName())
                                && frame.getMethodName().equals("pace"));
    }

    @Test
    void who_waits_before_a_take_keeps_nobody_from_storing() throws Exception {
        Cluster cluster = new Cluster("lanes-wait", POSTGRES.dataSource());
        try (Node node = joined(cluster)) {
            rules.room.put(7, 1);
            store(cluster, 7, 1, begin - 10_000);
            CountDownLatch waiting = new CountDownLatch(1);
            CountDownLatch goOn = new CountDownLatch(1);
            rules.beforeTaking = () -> {
                waiting.countDown();
                try {
                    goOn.await();
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
            };
            CompletableFuture<List<String>> taken = CompletableFuture.supplyAsync(() -> {
                try {
                    return names(take(node, 100));
                } catch (JobPersistenceException e) {
                    throw new IllegalStateException(e);
                }
            });
            waiting.await();
            try {
                CompletableFuture.runAsync(() -> node.postgres().signal(Instant.ofEpochMilli(begin), 7))
                        .get(20, TimeUnit.SECONDS);
                assertThat(taken).isNotDone();
                await("no transaction is open")
                        .until(() -> cluster.number("SELECT count(*) FROM pg_stat_activity"
                                        + " WHERE datname = current_database() AND state LIKE 'idle in transaction%'")
                                == 0);
            } finally {
                goOn.countDown();
            }
            assertThat(taken.get(20, TimeUnit.SECONDS)).containsExactly("7-1");
        }
    }

    /** What is taken in looks that go on until there are so many. */
    private static List<String> taken(Node node, int number) {
        List<String> names = new ArrayList<>();
        await().atMost(Duration.ofSeconds(60))
                .pollInterval(Duration.ofMillis(5))
                .until(() -> {
                    names.addAll(names(take(node, 20)));
                    return names.size() >= number;
                });
        return names;
    }

    /** A misfire is for Quartz to deal with. */
    @Test
    void one_that_may_not_be_taken_holds_up_none_that_comes_in_early() throws Exception {
        Cluster cluster = new Cluster("lanes-misfire", POSTGRES.dataSource());
        try (Node node = joined(cluster)) {
            store(cluster, 7, 1_000, begin - 10_000_000);
            rules.room.put(7, 0);
            assertThat(take(node, 100)).isEmpty();
            store(cluster, 5, 2, begin - 9_999_900);
            cluster.execute(
                    "UPDATE qrtz_triggers SET misfire_instr = 0 WHERE sched_name = 'lanes-misfire' AND trigger_name = '5-1'");
            assertThat(taken(node, 1)).containsExactly("5-2");
        }
    }

    @Test
    void a_look_below_the_floor_reads_the_index_alone_and_comes_more_seldom_while_it_finds_nothing() throws Exception {
        Cluster cluster = new Cluster("lanes-probe", POSTGRES.dataSource());
        store(cluster, 7, 50_000, begin - 10_000_000);
        cluster.execute("VACUUM ANALYZE qrtz_triggers");
        AtomicLong nanos = new AtomicLong();
        // Each time it is asked 15 ms have passed: a statement takes 15.
        Probe probe =
                new Probe(new Tables("lanes-probe", "a", "QRTZ_"), new Counters(), () -> nanos.addAndGet(15_000_000));
        try (Connection connection = POSTGRES.dataSource().getConnection()) {
            for (int seconds : List.of(2, 4, 8, 16, 20, 20)) {
                pass(probe, connection, 2, Probe.NOTHING);
                nanos.addAndGet(Duration.ofSeconds(seconds).toNanos() - 100_000_000);
                assertThat(probe.isDue()).as("before %s s", seconds).isFalse();
                nanos.addAndGet(100_000_000);
                assertThat(probe.isDue()).as("after %s s", seconds).isTrue();
            }
            store(cluster, 5, 1, begin - 9_999_000);
            pass(probe, connection, 1, begin - 9_998_999);
            nanos.addAndGet(1_000_000_000);
            assertThat(probe.isDue()).as("a hit").isTrue();
            assertThat(plan(connection)).contains("Index Only Scan using qrtz_triggers_waiting");
        }
    }

    /** In so many statements. */
    private static void pass(Probe probe, Connection connection, int statements, long expected) throws SQLException {
        assertThat(probe.isDue()).isTrue();
        long from = probe.begin();
        for (int i = 0; i < statements; i++) {
            assertThat(probe.next(connection, from, Long.MAX_VALUE, Set.of(7))).isEqualTo(expected);
        }
        probe.over();
    }

    private String plan(Connection connection) throws SQLException {
        StringBuilder plan = new StringBuilder();
        try (var statement = connection.createStatement();
                var rows = statement.executeQuery("EXPLAIN SELECT w.next_fire_time FROM qrtz_triggers w"
                        + " WHERE w.sched_name = 'lanes-probe' AND w.trigger_state = 'WAITING' AND w.next_fire_time >= 0 AND w.next_fire_time < "
                        + begin
                        + " AND (w.priority <> ALL ('{7}'::int[])) IS NOT FALSE ORDER BY w.next_fire_time LIMIT 1")) {
            while (rows.next()) {
                plan.append(rows.getString(1)).append('\n');
            }
        }
        return plan.toString();
    }

    /** As above: one that was held and put off comes back long due, again and again. */
    @Test
    void what_is_put_off_in_a_held_lane_leads_nobody_through_what_is_held() throws Exception {
        Cluster cluster = new Cluster("lanes-again", POSTGRES.dataSource());
        int held = 50_000;
        long due = begin - 10_000_000;
        store(cluster, 7, held, due);
        rules.room.put(7, 0);
        int rounds = 100;
        long read = indexEntriesRead(cluster, node -> {
            cluster.inTransaction(storing(node, oneShots(0, 1)));
            node.postgres().signal(Instant.now());
            awaitFirings(cluster, 1);
            for (int i = 1; i < rounds; i++) {
                cluster.inTransaction(storing(node, List.of(ofLane("again-" + i, due))));
                node.postgres().signal(Instant.ofEpochMilli(due), 7);
                cluster.inTransaction(storing(node, oneShots(i, 1)));
                node.postgres().signal(Instant.now());
                awaitFirings(cluster, i + 1);
            }
        });
        System.out.printf("index entries read beside %d held, of which one comes again: %d%n", held, read);
        // With each one that comes again it would be some five million.
        assertThat(read).isLessThan(1_500_000);
    }

    @Test
    void what_is_put_off_in_a_lane_that_is_behind_is_found() throws Exception {
        Cluster cluster = new Cluster("lanes-put-off", POSTGRES.dataSource());
        try (Node node = joined(cluster)) {
            store(cluster, 7, 3, begin - 60_000);
            rules.room.put(7, 2);
            assertThat(names(take(node, 100))).containsExactly("7-1", "7-2");
            cluster.inTransaction(storing(node, List.of(ofLane("again", begin - 60_000))));
            node.postgres().signal(Instant.ofEpochMilli(begin - 60_000), 7);
            assertThat(names(take(node, 100))).containsExactly("again", "7-3");
            assertThat(take(node, 100)).isEmpty();
            assertThat(rules.emptied).containsExactly(7);
            // Nobody is behind now: it goes out with the others.
            rules.room.clear();
            cluster.inTransaction(storing(node, List.of(ofLane("after", begin - 60_000))));
            node.postgres().signal(Instant.ofEpochMilli(begin - 60_000), 7);
            assertThat(names(take(node, 100))).containsExactly("after");
        }
    }

    @Test
    void a_lane_is_not_empty_where_one_came_during_the_look() {
        LaneTurns lanes = new LaneTurns(rules);
        rules.room.put(7, 10);
        assertThat(lanes.lower(7, begin)).as("nobody has left it out").isFalse();
        lanes.committed(lanes.look(100), Set.of());
        LaneTurns.Turn turn = lanes.look(100);
        lanes.floorToScan(7);
        assertThat(lanes.lower(7, begin)).isTrue();
        lanes.committed(turn, Set.of(7));
        assertThat(rules.emptied).isEmpty();
        rules.room.clear();
        assertThat(lanes.look(100).open()).containsOnlyKeys(7);
        lanes.floorToScan(7);
        lanes.committed(lanes.look(100), Set.of(7));
        assertThat(lanes.look(100).leftOut()).isEmpty();
    }

    private static OperableTrigger ofLane(String name, long due) {
        OperableTrigger trigger = Cluster.oneShot(name, new Date(due));
        trigger.setPriority(7);
        return trigger;
    }

    private static void awaitFirings(Cluster cluster, int number) {
        await().pollInterval(Duration.ofMillis(5))
                .atMost(Duration.ofMinutes(3))
                .until(() -> cluster.firings().total.sum() == number);
    }

    private static Function<Connection, Boolean> storing(Node node, List<OperableTrigger> triggers) {
        return connection -> {
            try {
                node.postgres().store(connection, triggers);
                return true;
            } catch (SQLException e) {
                throw new IllegalStateException(e);
            }
        };
    }

    private interface Work {
        void run(Node node) throws Exception;
    }

    /** In the index of all that waits and that of lanes. A backend counts for all to see when it ends: the node's end with its pool. */
    private long indexEntriesRead(Cluster cluster, Work work) throws Exception {
        PoolProperties own = new PoolProperties();
        own.setUrl(POSTGRES.jdbcUrl());
        own.setConnectionProperties("ApplicationName=" + cluster.name());
        own.setDriverClassName("org.postgresql.Driver");
        org.apache.tomcat.jdbc.pool.DataSource pool = new org.apache.tomcat.jdbc.pool.DataSource(own);
        String sum = "SELECT sum(idx_tup_read) FROM pg_stat_user_indexes"
                + " WHERE indexrelname IN ('qrtz_triggers_waiting', 'qrtz_triggers_lane')";
        long before = cluster.number(sum);
        try (Node node = cluster.node("a", pool, store -> store.setLanes(rules))) {
            node.start();
            work.run(node);
        } finally {
            pool.close(true);
        }
        await().until(() -> cluster.number(
                        "SELECT count(*) FROM pg_stat_activity WHERE application_name = '" + cluster.name() + "'")
                == 0);
        await().until(() -> cluster.number(sum) > before);
        return cluster.number(sum) - before;
    }

    @Test
    void room_that_opens_while_the_scheduler_idles_is_noticed() throws Exception {
        Cluster cluster = new Cluster("lanes-idle", POSTGRES.dataSource());
        try (Node node = cluster.node("a", store -> store.setLanes(rules))) {
            rules.room.put(7, 0);
            store(cluster, 7, 10, begin - 60_000);
            node.start();
            await().until(() -> node.postgres().statistics().acquisitions() > 2);
            assertThat(cluster.firings().total.sum()).isZero();
            rules.room.put(7, 4);
            await().until(() -> cluster.firings().total.sum() == 10);
        }
    }

    @Test
    void the_same_without_the_index_of_lanes() throws Exception {
        Cluster cluster = new Cluster("lanes-stock", POSTGRES.dataSource());
        cluster.execute("DROP INDEX qrtz_triggers_lane");
        try {
            obeysRoom(cluster);
        } finally {
            cluster.execute("CREATE INDEX qrtz_triggers_lane ON qrtz_triggers (priority, sched_name, next_fire_time)"
                    + " WHERE trigger_state = 'WAITING' AND priority IS NOT NULL");
        }
    }

    private Node joined(Cluster cluster) throws Exception {
        return joined(cluster, store -> {});
    }

    private Node joined(Cluster cluster, Consumer<PostgresJobStore> settings) throws Exception {
        Node node = cluster.node("a", store -> {
            store.setLanes(rules);
            settings.accept(store);
        });
        node.store.schedulerStarted();
        cluster.awaitMembers(1);
        return node;
    }

    private static List<OperableTrigger> take(Node node, int most) throws JobPersistenceException {
        List<OperableTrigger> taken = node.store.acquireNextTriggers(System.currentTimeMillis(), most, 0);
        return taken;
    }

    private static Map<Integer, Long> byLane(Collection<OperableTrigger> triggers) {
        return triggers.stream().collect(Collectors.groupingBy(OperableTrigger::getPriority, Collectors.counting()));
    }

    private static List<String> names(Collection<OperableTrigger> triggers) {
        return triggers.stream().map(trigger -> trigger.getKey().getName()).toList();
    }

    private static List<OperableTrigger> oneShots(int set, int number) {
        return IntStream.range(0, number)
                .mapToObj(i -> Cluster.oneShot("now-" + set + "-" + i, new Date()))
                .toList();
    }

    /** One each millisecond from then on. */
    private static void store(Cluster cluster, int lane, int number, long from) throws Exception {
        String rows = "FROM generate_series(1, " + number + ") AS i";
        String key = "'" + cluster.name() + "', '" + lane + "-' || i || '', 'test'";
        cluster.execute(
                "INSERT INTO qrtz_triggers (sched_name, trigger_name, trigger_group, job_name, job_group, next_fire_time,"
                        + " prev_fire_time, priority, trigger_state, trigger_type, start_time, misfire_instr) SELECT "
                        + key
                        + ", 'count', 'test', " + from + " + i, -1, " + lane + ", 'WAITING', 'SIMPLE', " + from
                        + " + i, -1 " + rows);
        cluster.execute("INSERT INTO qrtz_simple_triggers SELECT " + key + ", 0, 0, 0 " + rows);
    }
}
