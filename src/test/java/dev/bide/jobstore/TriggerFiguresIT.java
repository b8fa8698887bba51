package dev.bide.jobstore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.awaitility.Awaitility.await;

import dev.bide.testing.PostgresExtension;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class TriggerFiguresIT {
    @RegisterExtension
    static final PostgresExtension POSTGRES = new PostgresExtension();

    private final Cluster cluster = new Cluster("figures", POSTGRES.dataSource());
    private final long begin = System.currentTimeMillis() + 3_600_000;
    private Node node;

    @BeforeEach
    void start() {
        node = cluster.node("a");
    }

    @AfterEach
    void stop() throws Exception {
        node.close();
        cluster.execute("TRUNCATE qrtz_triggers, qrtz_simple_triggers");
    }

    @Test
    void counts_what_waits_in_some_lanes_as_far_as_it_is_told() {
        store(7, 100, begin);
        store(8, 50, begin);
        store(9, 10, begin);
        assertThat(count(List.of(7, 8), 0, Long.MAX_VALUE, 1_000)).isEqualTo(150);
        assertThat(count(List.of(7, 8), 0, Long.MAX_VALUE, 120)).isEqualTo(120);
        assertThat(count(List.of(7), begin + 1, begin + 11, 1_000))
                .as("from the first to before the last")
                .isEqualTo(10);
        assertThat(count(List.of(6), 0, Long.MAX_VALUE, 1_000)).isZero();
        cluster.execute("UPDATE qrtz_triggers SET trigger_state = 'PAUSED' WHERE trigger_name = '7-1'");
        cluster.execute("UPDATE qrtz_triggers SET sched_name = 'another' WHERE trigger_name = '7-2'");
        assertThat(count(List.of(7), 0, Long.MAX_VALUE, 1_000)).isEqualTo(98);
    }

    private long count(List<Integer> lanes, long from, long to, int most) {
        return read(connection ->
                node.postgres().count(connection, lanes, Instant.ofEpochMilli(from), Instant.ofEpochMilli(to), most));
    }

    @Test
    void gives_the_earliest_times_of_several_lanes_in_order() {
        store(8, 5, begin + 2);
        store(7, 5, begin);
        List<Instant> times = read(connection ->
                node.postgres().times(connection, List.of(8, 7), Instant.ofEpochMilli(begin + 2), Instant.MAX, 5));
        assertThat(times).extracting(time -> time.toEpochMilli() - begin).containsExactly(2L, 2L, 3L, 3L, 4L);
    }

    @Test
    void names_all_once_to_who_reads_on_even_where_all_are_due_at_one_moment() {
        store(7, 30, begin);
        store(8, 30, begin);
        cluster.execute("UPDATE qrtz_triggers SET next_fire_time = " + begin);
        cluster.execute("UPDATE qrtz_triggers SET trigger_group = 'other' WHERE trigger_name = '7-30'");
        List<String> names = new ArrayList<>();
        for (int skip = 0; skip < 70; skip += 7) {
            int seen = skip;
            read(connection -> node.postgres()
                            .names(connection, "test", List.of(7, 8), Instant.ofEpochMilli(begin), seen, 7))
                    .forEach(waiting -> {
                        assertThat(waiting.at().toEpochMilli()).isEqualTo(begin);
                        names.add(waiting.name());
                    });
        }
        assertThat(names).hasSize(59).doesNotHaveDuplicates().doesNotContain("7-30");
    }

    @Test
    void tells_how_far_all_are_behind_but_for_lanes_that_are_left_out() {
        long now = System.currentTimeMillis();
        store(7, 1_000, now - 100_000);
        store(-8, 20, now - 50_000);
        store(Integer.MAX_VALUE, 30, now - 40_000);
        store(9, 5, begin);
        Backlog all = backlog(List.of());
        assertThat(all.due()).isEqualTo(1_050);
        assertThat(all.oldestSeconds()).isCloseTo(100, within(20.0));
        Backlog others = backlog(List.of(7));
        assertThat(others.due()).isEqualTo(50);
        assertThat(others.oldestSeconds()).isCloseTo(50, within(20.0));
        Backlog none = backlog(List.of(7, -8, Integer.MAX_VALUE));
        assertThat(none).as("what is due later").isEqualTo(new Backlog(0, 0));
        assertThat(backlog(List.of(7, -8, 9, Integer.MAX_VALUE))).isEqualTo(new Backlog(0, 0));
    }

    private Backlog backlog(List<Integer> butLanes) {
        return read(connection -> node.postgres().backlog(connection, butLanes));
    }

    @Test
    void knows_who_lives_as_of_the_last_check_in() throws Exception {
        assertThat(node.postgres().members()).isEmpty();
        node.start();
        assertThat(node.postgres().members()).containsExactly("a");
        try (Node other = cluster.node("b")) {
            other.start();
            await().untilAsserted(() -> assertThat(node.postgres().members()).containsExactly("a", "b"));
            assertThat(other.postgres().members()).containsExactly("a", "b");
        }
        await().untilAsserted(() -> assertThat(node.postgres().members()).containsExactly("a"));
        cluster.execute("INSERT INTO qrtz_scheduler_state VALUES ('figures', 'long-dead', 1, 1000)");
        await().untilAsserted(() -> assertThat(cluster.members()).isOne());
        assertThat(node.postgres().members()).containsExactly("a");
    }

    private interface Reading<T> {
        T on(Connection connection) throws SQLException;
    }

    private <T> T read(Reading<T> reading) {
        try (var connection = POSTGRES.dataSource().getConnection()) {
            return reading.on(connection);
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    /** One each millisecond from then on. */
    private void store(int lane, int number, long from) {
        try {
            cluster.store(
                    node,
                    LongStream.range(0, number)
                            .mapToObj(i -> {
                                var trigger = Cluster.oneShot(lane + "-" + (i + 1), new Date(from + i));
                                trigger.setPriority(lane);
                                return trigger;
                            })
                            .toList());
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }
}
