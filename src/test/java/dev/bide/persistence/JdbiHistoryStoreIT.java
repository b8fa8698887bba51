package dev.bide.persistence;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bide.testing.PostgresExtension;
import dev.bide.workflow.Timer;
import dev.bide.workflow.TimerStatus;
import dev.bide.workflow.store.Days;
import dev.bide.workflow.store.HistoryStore;
import dev.bide.workflow.store.HistoryStore.History;
import dev.bide.workflow.store.HistoryStore.Partition;
import dev.bide.workflow.store.KeyHolder;
import dev.bide.workflow.store.Settlement;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.Statement;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;
import org.jdbi.v3.core.Jdbi;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class JdbiHistoryStoreIT {
    @RegisterExtension
    static final PostgresExtension POSTGRES = new PostgresExtension();

    private final Jdbi jdbi = Jdbi.create(POSTGRES.dataSource());
    private final JdbiDatabase database = new JdbiDatabase(jdbi);
    private final LocalDate today = LocalDate.now(ZoneOffset.UTC);

    @BeforeEach
    void makeAll() {
        this.<List<Partition>>in(history -> history.missing(today, 7)).forEach(this::make);
    }

    @Test
    void makes_partitions_ahead_once() {
        assertThat(this.<List<Partition>>in(history -> history.missing(today, 7)))
                .isEmpty();
        List<Partition> missing = in(history -> history.missing(today, 9));
        assertThat(missing)
                .contains(
                        new Partition(History.TIMER, today.plusDays(8)), new Partition(History.RUN, today.plusDays(9)))
                .hasSize(4);
        missing.forEach(this::make);
        missing.forEach(this::make);
        assertThat(this.<List<Partition>>in(history -> history.missing(today, 9)))
                .isEmpty();
        missing.forEach(this::drop);
    }

    @Test
    void drops_the_old_with_what_is_in_them() {
        Timer timer = delivered(Samples.NOW);
        this.<List<Partition>>in(history -> history.before(today)).forEach(this::drop);
        assertThat(find(timer)).isPresent();
        List<Partition> before = in(history -> history.before(today.plusDays(1)));
        assertThat(before).hasSize(2);
        before.forEach(this::drop);
        assertThat(find(timer)).isEmpty();
        before.forEach(this::drop);
    }

    @Test
    void moves_what_had_no_partition_into_the_new_one() {
        Partition partition = new Partition(History.TIMER, today.plusDays(20));
        Instant noon =
                partition.day().atStartOfDay(ZoneOffset.UTC).plusHours(12).toInstant();
        Timer timer = delivered(noon);
        Timer nextDay = delivered(noon.plusSeconds(86_400));
        assertThat(count("timer_history_other")).isEqualTo(2);
        assertThat(make(partition)).isEqualTo(1);
        assertThat(count("timer_history_other")).isEqualTo(1);
        assertThat(find(timer)).isPresent();
        assertThat(find(nextDay)).isPresent();
        drop(partition);
        assertThat(find(timer)).isEmpty();
        assertThat(this.<Integer>in(history -> history.deleteRest(noon.plusSeconds(100_000))))
                .isEqualTo(1);
        assertThat(find(nextDay)).isEmpty();
    }

    /** They are not the server's: a reset would leave it with none. */
    @Test
    void leaves_a_connection_its_own_limits_when_it_has_frozen_a_day() throws Exception {
        try (Connection connection = POSTGRES.dataSource().getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute("SET statement_timeout = '17s'");
            new JdbiDatabase(Jdbi.create(connection)).freeze(new Partition(History.TIMER, today.minusDays(1)));
            try (ResultSet row = statement.executeQuery("SHOW statement_timeout")) {
                row.next();
                assertThat(row.getString(1)).isEqualTo("17s");
            }
            statement.execute("RESET statement_timeout");
        }
    }

    /** Not when its month goes, which may be weeks later. */
    @Test
    void frees_a_key_with_what_had_it() {
        LocalDate day = today.plusDays(50);
        List<Partition> partitions = List.of(new Partition(History.TIMER, day), new Partition(History.TIMER_KEY, day));
        partitions.forEach(this::make);
        Timer timer = delivered("key", day.atStartOfDay(ZoneOffset.UTC).toInstant());
        Timer again = Samples.timer("key", Samples.NOW);
        assertThat(database.<Set<UUID>>inTransaction(session -> session.timers().insert(List.of(again))))
                .isEmpty();
        assertThat(holder())
                .isEqualTo(new KeyHolder(
                        timer.id(), day.atStartOfDay(ZoneOffset.UTC).toInstant()));
        drop(partitions.get(0));
        assertThat(holder()).isNull();
        assertThat(database.<Set<UUID>>inTransaction(session -> session.timers().insert(List.of(again))))
                .containsExactly(again.id());
        jdbi.useHandle(handle -> handle.execute("UPDATE history_edge SET kept_from = '-infinity'"));
        jdbi.useHandle(handle -> handle.execute("DELETE FROM timer_key_history"));
    }

    private KeyHolder holder() {
        return database.inTransaction(
                session -> session.timers().findByKeys(List.of("key")).get("key"));
    }

    @Test
    void keeps_what_is_said_first_until_it_is_changed() {
        assertThat(this.<OptionalInt>in(HistoryStore::daysKept)).isEmpty();
        assertThat(this.<Integer>in(history -> history.keepUnlessKept(40))).isEqualTo(40);
        assertThat(this.<Integer>in(history -> history.keepUnlessKept(5))).isEqualTo(40);
        in(history -> {
            history.keep(50);
            return true;
        });
        assertThat(this.<OptionalInt>in(HistoryStore::daysKept)).hasValue(50);
    }

    @Test
    void keep_no_statistics_of_json() {
        Partition made = new Partition(History.TIMER, today.plusDays(30));
        make(made);
        List<String> kept = jdbi.withHandle(
                handle -> handle.createQuery("""
                        SELECT attrelid::regclass || '.' || attname FROM pg_attribute
                        WHERE attrelid::regclass::text ~ '^(run|timer)(_history.*)?$' AND atttypid IN ('json'::regtype, 'jsonb'::regtype)
                          AND attstattarget IS DISTINCT FROM 0 AND attrelid IN (SELECT oid FROM pg_class WHERE relkind IN ('r', 'p'))""").mapTo(String.class).list());
        assertThat(kept).isEmpty();
        drop(made);
    }

    private Timer delivered(Instant at) {
        return delivered(null, at);
    }

    private Timer delivered(String key, Instant at) {
        Timer timer = Samples.timer(key, Samples.NOW);
        Settlement now = Samples.settlement(timer, TimerStatus.DELIVERED);
        Settlement then = new Settlement(now.timerId(), now.status(), now.attempt(), now.latenessMs(), null, at);
        database.inTransaction(session -> {
            session.timers().insert(List.of(timer));
            session.timers().settle(List.of(then));
            return true;
        });
        return timer;
    }

    private Optional<Timer> find(Timer timer) {
        Days all = new Days(today.minusDays(2), today.plusDays(40));
        return database.inTransaction(session ->
                session.timers().find(timer.id()).or(() -> session.timers().findFinished(timer.id(), all)));
    }

    private int count(String table) {
        return jdbi.withHandle(handle -> handle.createQuery("SELECT count(*) FROM " + table)
                .mapTo(Integer.class)
                .one());
    }

    private long make(Partition partition) {
        return this.<Long>in(history -> history.make(partition));
    }

    private void drop(Partition partition) {
        in(history -> {
            history.drop(partition);
            return true;
        });
    }

    private <T> T in(Function<HistoryStore, T> work) {
        return database.inTransaction(session -> work.apply(session.history()));
    }
}
