package dev.bide.persistence;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bide.testing.PostgresExtension;
import dev.bide.workflow.figures.DeadStore.DeadFilter;
import dev.bide.workflow.figures.DeadStore.DeadTimer;
import dev.bide.workflow.figures.DeadStore.Groups;
import dev.bide.workflow.figures.Matching;
import dev.bide.workflow.figures.PartialCount;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jdbi.v3.core.Jdbi;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What is read of many dead timers, of which few are asked for. */
class JdbiDeadStoreIT {
    @RegisterExtension
    static final PostgresExtension POSTGRES = new PostgresExtension();

    private static final int ROWS = 100_000;
    private static final DeadFilter ALL = new DeadFilter(null, Set.of(), null, null);
    private static final UUID WORKFLOW = new UUID(7, 7);
    private static final UUID TASK = new UUID(8, 8);

    private static final Pattern READ = Pattern.compile("^ *Buffers: shared hit=(\\d+)(?: read=(\\d+))?");

    private static Jdbi jdbi;
    private static JdbiDatabase database;

    /** Over 60 days: each thousandth of one problem, lane, workflow and task. */
    @BeforeAll
    static void fill() {
        jdbi = Jdbi.create(POSTGRES.dataSource());
        // So that it knows our types.
        database = new JdbiDatabase(jdbi);
        jdbi.useHandle(handle -> {
            handle.execute("SELECT bide_make_partition('timer_dead', (now() AT TIME ZONE 'UTC')::date - ago)"
                    + " FROM generate_series(0, 60, 10) AS ago");
            handle.execute(
                    "INSERT INTO timer_dead SELECT lpad(to_hex(n), 32, '0')::uuid, now() - n * interval '50 seconds', now(),"
                            + " CASE WHEN n % 1000 = 0 THEN -1 ELSE n % 50 END, CASE WHEN n % 1000 = 0 THEN 77 ELSE 5 + n % 50 END,"
                            + " 'h' || n % 50 || ':443', 'refused', 422, 'No customer {n}', NULL,"
                            + " CASE WHEN n % 1000 = 0 THEN '" + WORKFLOW + "'::uuid END, CASE WHEN n % 1000 = 0 THEN '"
                            + TASK
                            + "'::uuid END FROM generate_series(1, " + ROWS + ") AS n");
            handle.execute("VACUUM ANALYZE timer_dead");
        });
    }

    static Stream<DeadFilter> rare() {
        return Stream.of(
                new DeadFilter(-1L, Set.of(), null, null),
                new DeadFilter(null, Set.of(77), null, null),
                new DeadFilter(null, Set.of(77, 78), null, null),
                new DeadFilter(null, Set.of(), WORKFLOW, null),
                new DeadFilter(null, Set.of(77), WORKFLOW, TASK));
    }

    @ParameterizedTest
    @MethodSource("rare")
    void reads_those_that_are_asked_for_by_their_index(DeadFilter filter) {
        for (boolean generic : List.of(false, true)) {
            assertThat(read(filter, generic)).isLessThan(300);
        }
    }

    @Test
    void reads_no_more_of_all_than_a_page() {
        for (boolean generic : List.of(false, true)) {
            assertThat(read(ALL, generic)).isLessThan(1_500);
        }
    }

    /** Buffers of a look at 500; the table alone has well over a thousand pages. */
    private static long read(DeadFilter filter, boolean generic) {
        DeadQuery query = new DeadQuery(filter, false);
        query.beyond(new DeadTimer(new UUID(0, 0), Instant.now().minusSeconds(20 * 86_400)));
        List<String> plan = jdbi.inTransaction(handle -> {
            handle.execute("SET LOCAL plan_cache_mode = " + (generic ? "force_generic_plan" : "auto"));
            return handle.createQuery("EXPLAIN (ANALYZE, BUFFERS) " + query.look(500, 500))
                    .bindMap(query.values())
                    .mapTo(String.class)
                    .list();
        });
        return buffers(plan);
    }

    private static long buffers(List<String> plan) {
        for (String line : plan) {
            Matcher found = READ.matcher(line);
            if (found.find()) {
                return Long.parseLong(found.group(1)) + (found.group(2) == null ? 0 : Long.parseLong(found.group(2)));
            }
        }
        throw new IllegalStateException("no buffers in " + plan);
    }

    /** Else a redrive would meet again what died of it again. */
    @Test
    void meets_none_that_died_after_the_time_that_is_given() {
        Instant upTo = Instant.now().minusSeconds(57 * 86_400);
        List<DeadTimer> found = database.inTransaction(session -> session.dead().oldest(ALL, upTo, null, 5_000, 5_000))
                .matching();
        assertThat(found).hasSizeBetween(1_000, 4_999).allSatisfy(timer -> assertThat(timer.finishedAt())
                .isBeforeOrEqualTo(upTo));
    }

    @Test
    void groups_the_newest_of_many() {
        Groups groups = database.inTransaction(session -> session.dead().groups(ALL, 10_000));
        assertThat(groups.looked()).isEqualTo(10_000);
        assertThat(groups.groups()).hasSize(51);
        assertThat(groups.groups().get(0).count()).isEqualTo(200);
        assertThat(groups.groups().get(0).samples()).hasSize(3);
    }

    /** Of two conditions one chooses: what the other leaves of these is not all there is. */
    @Test
    void says_how_many_it_looked_at_where_few_of_them_match() {
        Groups some = database.inTransaction(
                session -> session.dead().groups(new DeadFilter(5L, Set.of(60), null, null), 1_000));
        assertThat(some.groups()).isEmpty();
        assertThat(some.looked()).isEqualTo(1_000);
    }

    @Test
    void counts_in_steps_those_that_match() {
        DeadFilter of = new DeadFilter(
                null, Set.of(10), null, null, null, null, Instant.now().minusSeconds(60));
        PartialCount<DeadTimer> none =
                database.inTransaction(session -> session.dead().count(of, null, 500, 500));
        assertThat(none.matching().count()).isZero();
        assertThat(none.over()).isFalse();
        DeadFilter lane = new DeadFilter(null, Set.of(10, 11), null, null);
        List<Long> counts = new ArrayList<>();
        PartialCount<DeadTimer> count = new PartialCount<>(Matching.NONE, null, false);
        while (!count.over()) {
            DeadTimer after = count.last();
            count = database.inTransaction(session -> session.dead().count(lane, after, 1_500, 1_000_000));
            counts.add(count.matching().count());
        }
        assertThat(counts).startsWith(1_500L, 1_500L);
        assertThat(counts.stream().mapToLong(Long::longValue).sum())
                .isEqualTo(POSTGRES.sql().number("SELECT count(*) FROM timer_dead WHERE lane IN (10, 11)"));
    }

    @Test
    void removes_a_batch_by_the_times_of_their_deaths() {
        List<DeadTimer> batch = database.inTransaction(
                        session -> session.dead().oldest(ALL, Instant.now(), null, 5_000, 500))
                .matching();
        assertThat(batch).hasSize(500);
        List<String> plan = jdbi.inTransaction(handle -> {
            List<String> lines = handle.createQuery("EXPLAIN (ANALYZE, BUFFERS) " + JdbiDeadStore.REMOVE)
                    .bindArray(
                            "times",
                            Instant.class,
                            batch.stream().map(DeadTimer::finishedAt).toList())
                    .bindArray(
                            "ids",
                            String.class,
                            batch.stream().map(timer -> timer.id().toString()).toList())
                    .mapTo(String.class)
                    .list();
            handle.rollback();
            return lines;
        });
        assertThat(buffers(plan)).isLessThan(8_000);
        jdbi.useHandle(handle -> new JdbiDeadStore(handle).remove(batch));
        assertThat(POSTGRES.sql().number("SELECT count(*) FROM timer_dead")).isEqualTo(ROWS - 500);
    }
}
