package dev.bide.engine.upkeep;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.bide.engine.EngineNode;
import dev.bide.persistence.JdbiDatabase;
import dev.bide.testing.PostgresExtension;
import dev.bide.workflow.Attempt;
import dev.bide.workflow.Ids;
import dev.bide.workflow.Timer;
import dev.bide.workflow.TimerSpec;
import dev.bide.workflow.TimerStatus;
import dev.bide.workflow.figures.Death;
import dev.bide.workflow.store.HistoryStore.History;
import dev.bide.workflow.store.HistoryStore.Partition;
import dev.bide.workflow.store.Settlement;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.stream.IntStream;
import org.jdbi.v3.core.Jdbi;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class HistoryUpkeepIT {
    @RegisterExtension
    static final PostgresExtension POSTGRES = new PostgresExtension();

    /** Makes PostgreSQL refuse a table. */
    private static final String REFUSE = """
            CREATE FUNCTION refuse() RETURNS event_trigger LANGUAGE plpgsql AS $$
            BEGIN
                IF EXISTS (SELECT FROM pg_event_trigger_ddl_commands() WHERE object_identity = 'public.%s') THEN
                    RAISE EXCEPTION 'refused';
                END IF;
            END $$;
            CREATE EVENT TRIGGER refuse ON ddl_command_end WHEN TAG IN ('CREATE TABLE') EXECUTE FUNCTION refuse();
            """;

    private final Jdbi jdbi = Jdbi.create(POSTGRES.dataSource());
    private final JdbiDatabase database = new JdbiDatabase(jdbi);
    private final HistoryUpkeep upkeep = new HistoryUpkeep(database);
    private final LocalDate today = LocalDate.now(ZoneOffset.UTC);

    @AfterEach
    void forget() {
        jdbi.useHandle(handle -> handle.execute("DELETE FROM history_retention"));
        old().forEach(this::drop);
    }

    @Test
    void figures_of_more_than_a_week_are_forgotten_and_nodes_that_died() {
        POSTGRES.sql().execute("TRUNCATE node, node_figures, cluster_figures, cluster_minute");
        POSTGRES.sql()
                .execute("INSERT INTO node_figures SELECT now() - ago * interval '1 day', 'x', 0,0,0,0,0,0, 0,0,0, '{}'"
                        + " FROM unnest(ARRAY[1, 6, 8, 30]) AS ago");
        POSTGRES.sql().execute("INSERT INTO cluster_figures SELECT at, '{}', 0, NULL FROM node_figures");
        POSTGRES.sql().execute("INSERT INTO cluster_minute SELECT at, 0,0,0,0,0,0, NULL, '{}' FROM node_figures");
        POSTGRES.sql()
                .execute("INSERT INTO node SELECT 'node-' || ago, 'api', '1', now(), now() - ago * interval '1 minute',"
                        + " 0, 0, 0, 0, 0, 0, 0 FROM unnest(ARRAY[0, 59, 61]) AS ago");

        upkeep.run();

        for (String table : List.of("node_figures", "cluster_figures", "cluster_minute")) {
            assertThat(POSTGRES.sql().number("SELECT count(*) FROM " + table))
                    .as(table)
                    .isEqualTo(2);
        }
        assertThat(POSTGRES.sql().text("SELECT string_agg(node_id, ',' ORDER BY node_id) FROM node"))
                .isEqualTo("node-0,node-59");
    }

    @Test
    void makes_and_drops_the_others_when_one_partition_can_not_be_made() throws Exception {
        Partition refused = new Partition(History.TIMER, today.plusDays(3));
        drop(refused);
        make(33, 31);
        keep(30);
        jdbi.useHandle(handle -> handle.execute(
                REFUSE.formatted("timer_history_" + refused.day().format(DateTimeFormatter.BASIC_ISO_DATE))));
        assertThatThrownBy(upkeep::run).hasMessageContaining("refused");
        assertThat(missing()).containsExactly(refused);
        assertThat(old()).isEmpty();
        // A node starts all the same.
        EngineNode.api(POSTGRES.dataSource()).close();
        jdbi.useHandle(handle -> handle.execute("DROP EVENT TRIGGER refuse"));
        upkeep.run();
        assertThat(missing()).isEmpty();
    }

    @Test
    void a_node_that_starts_drops_nothing_whatever_its_file_and_its_clock_say() throws Exception {
        make(80, 40);
        List<Partition> stood = old();
        assertThat(stood).hasSize(82);
        InstantSource ahead = InstantSource.offset(InstantSource.system(), Duration.ofDays(60));
        keeping(5).start().close();
        assertThat(kept()).as("an api node says nothing for the cluster").isEmpty();
        keeping(365).scheduler().clock(ahead).start().close();
        assertThat(kept()).containsExactly(365);
        keeping(5).scheduler().clock(ahead).start().close();
        EngineNode late = keeping(5).clock(ahead).start();
        late.upkeep().history();
        late.close();
        assertThat(kept()).containsExactly(365);
        assertThat(old()).isEqualTo(stood);
    }

    private static EngineNode.Builder keeping(int days) throws Exception {
        return EngineNode.on(POSTGRES.dataSource()).settings("{\"retention\": \"" + days + "d\"}");
    }

    @Test
    void catches_up_over_several_turns_the_oldest_days_first() {
        make(50, 41);
        keep(45);
        upkeep.run();
        assertThat(old()).extracting(Partition::day).doesNotContain(ago(46)).contains(ago(45), ago(41));
        keep(30);
        upkeep.run();
        assertThat(old()).isEmpty();
        make(80, 61);
        upkeep.run();
        assertThat(old())
                .hasSize(26)
                .extracting(Partition::day)
                .startsWith(ago(73))
                .endsWith(ago(61));
        upkeep.run();
        assertThat(old()).hasSize(12).extracting(Partition::day).startsWith(ago(66));
        upkeep.run();
        assertThat(old()).isEmpty();
    }

    @Test
    void freezes_a_day_once_when_it_is_over() {
        keep(30);
        // Another test may have frozen it.
        drop(new Partition(History.TIMER, ago(1)));
        make(1, 1);
        jdbi.useHandle(
                handle -> handle.execute(
                        "INSERT INTO timer_history SELECT gen_random_uuid(), 'delivered', now(), NULL, now(), 'UTC', '{}', 1, NULL, 1, NULL, NULL, NULL,"
                                + " NULL, NULL, date_trunc('day', now(), 'UTC') - interval '1 hour' FROM generate_series(1, 1000)"));
        Partition yesterday = new Partition(History.TIMER, ago(1));
        assertThat(unfrozen()).contains(yesterday);
        upkeep.run();
        await().atMost(Duration.ofSeconds(20)).until(() -> unfrozen().isEmpty());
    }

    @Test
    void drops_nothing_where_nobody_has_said_what_is_kept() {
        make(500, 500);
        upkeep.run();
        assertThat(old()).hasSize(2);
    }

    /** Somebody reads it. What is in it may be redriven still, by the key that it has; what was finished on a day that is gone has given its key away. */
    @Test
    void keeps_the_keys_of_a_day_that_could_not_be_dropped() throws Exception {
        LocalDate month = today.minusMonths(3).withDayOfMonth(1);
        Partition held = new Partition(History.TIMER, month.plusDays(3));
        Partition gone = new Partition(History.TIMER, month.plusDays(4));
        Partition keys = new Partition(History.TIMER_KEY, month);
        keep(30);
        for (Partition partition : List.of(held, gone, keys)) {
            database.inTransaction(session -> session.history().make(partition));
        }
        UUID dead = dead("held", held.day());
        dead("gone", gone.day());
        try (var connection = POSTGRES.dataSource().getConnection();
                var statement = connection.createStatement()) {
            connection.setAutoCommit(false);
            statement.execute("SELECT FROM timer_history_" + held.day().format(DateTimeFormatter.BASIC_ISO_DATE));
            // The second turn is for the month, were its keys to go with the days that it could drop.
            assertThatThrownBy(upkeep::run).hasMessageContaining("lock timeout");
            assertThatThrownBy(upkeep::run).hasMessageContaining("lock timeout");
        }
        assertThat(old()).containsExactly(held);
        assertThat(narrowRows()).as("the one of the day that is held").isOne();
        assertThat(insert("held")).isZero();
        assertThat(insert("gone")).isOne();
        Instant died = noon(held.day());
        assertThat(database.<List<Timer>>inTransaction(
                        session -> session.timers().redrive(Map.of(dead, died), died)))
                .hasSize(1);
        assertThat(narrowRows()).isZero();
        upkeep.run();
        assertThat(old()).isEmpty();
        upkeep.run();
        assertThat(database.<List<Partition>>inTransaction(
                        session -> session.history().before(ago(30))))
                .isEmpty();
        jdbi.useHandle(handle -> handle.execute("DELETE FROM timer"));
    }

    @Test
    void a_dead_timer_without_a_partition_of_its_day_is_forgotten_wholly() {
        LocalDate day = today.minusYears(3);
        dead("other", day);
        assertThat(narrowRows()).isOne();
        database.inTransaction(session -> session.history().deleteRest(noon(day).minusSeconds(1)));
        assertThat(narrowRows()).isOne();
        database.inTransaction(session -> session.history().deleteRest(noon(day).plusSeconds(1)));
        assertThat(narrowRows()).isZero();
    }

    /** Those of the dead, whatever is kept. */
    private int narrowRows() {
        return jdbi.withHandle(handle -> handle.createQuery("SELECT count(*) FROM timer_dead")
                .mapTo(Integer.class)
                .one());
    }

    private UUID dead(String key, LocalDate day) {
        Timer timer = timer(key);
        Attempt refused = new Attempt(1, noon(day), 1, "refused", 404, null);
        database.inTransaction(session -> {
            session.timers().insert(List.of(timer));
            session.timers()
                    .settle(List.of(new Settlement(
                            timer.id(),
                            TimerStatus.DEAD,
                            refused,
                            0L,
                            null,
                            noon(day),
                            Death.of("third.party:80", 5, "refused", 404, "answer 404"))));
            return true;
        });
        return timer.id();
    }

    /** How many were stored. */
    private int insert(String key) {
        Set<UUID> stored = database.inTransaction(session -> session.timers().insert(List.of(timer(key))));
        return stored.size();
    }

    private static Timer timer(String key) {
        Instant now = Instant.now();
        TimerSpec spec = EngineNode.timer(key, 3600, "http://127.0.0.1:9/t").spec();
        return Timer.waiting(Ids.next(), now, now, ZoneOffset.UTC, spec, null, key);
    }

    private static Instant noon(LocalDate day) {
        return day.atTime(12, 0).toInstant(ZoneOffset.UTC);
    }

    private List<Partition> unfrozen() {
        return database.inTransaction(session -> session.history().unfrozen(today));
    }

    private LocalDate ago(int days) {
        return today.minusDays(days);
    }

    private void make(int from, int to) {
        for (int day : IntStream.rangeClosed(to, from).toArray()) {
            for (History history : List.of(History.RUN, History.TIMER)) {
                database.inTransaction(session -> session.history().make(new Partition(history, ago(day))));
            }
        }
    }

    private void drop(Partition partition) {
        database.inTransaction(session -> {
            session.history().drop(partition);
            return true;
        });
    }

    private void keep(int days) {
        database.inTransaction(session -> {
            session.history().keep(days);
            return true;
        });
    }

    private List<Integer> kept() {
        return database.inTransaction(
                session -> session.history().daysKept().stream().boxed().toList());
    }

    private List<Partition> missing() {
        return database.inTransaction(session -> session.history().missing(today, 7));
    }

    private List<Partition> old() {
        return database
                .<List<Partition>>inTransaction(session -> session.history().before(ago(30)))
                .stream()
                .filter(partition -> !partition.history().ofMonths())
                .toList();
    }
}
