package dev.bide.engine.figures;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.bide.engine.Cluster;
import dev.bide.engine.EngineNode;
import dev.bide.testing.PostgresExtension;
import dev.bide.testing.Sql;
import dev.bide.workflow.figures.Density;
import dev.bide.workflow.figures.DueStore.Buckets;
import java.sql.Timestamp;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** 250,000 wait: a third at nine in the morning of some day, half within a month or so, the others for years. */
class DueDensityIT {
    @RegisterExtension
    static final PostgresExtension POSTGRES = new PostgresExtension();

    private static final int WAITING = 250_000;

    /** By both is meant the same, whoever shuffles. */
    private static final Instant FROM = Instant.parse("2031-03-02T00:00:00Z");

    private static final UUID WORKFLOW = UUID.fromString("01980000-0000-7000-8000-000000000001");
    private static final UUID LARGE = UUID.fromString("01980000-0000-7000-8000-000000000002");
    private static final UUID SMALL = UUID.fromString("01980000-0000-7000-8000-000000000003");

    private static EngineNode node;
    private static Sql sql;

    @BeforeAll
    static void fill() throws Exception {
        node = EngineNode.api(POSTGRES.dataSource());
        sql = POSTGRES.sql();
        sql.execute("ALTER TABLE timer SET (autovacuum_enabled = off)");
        for (UUID task : List.of(LARGE, SMALL)) {
            sql.execute("INSERT INTO workflow_task VALUES (?, ?, 'task', 1)", task, WORKFLOW);
        }
        sql.execute("""
                INSERT INTO timer (id, status, due_at, next_attempt_at, created_at, timezone, spec, attempts_spent, run_id, workflow_id, workflow_version, task_id)
                SELECT gen_random_uuid(), 'scheduled', due, due, now(), 'UTC', '{}', 0, task, w, CASE WHEN task IS NOT NULL THEN 1 END, task
                FROM (SELECT date_trunc('milliseconds', CASE
                               WHEN n % 3 = 0 THEN start + interval '9 hours' + (n / 3) % 60 * interval '1 day'
                               WHEN n % 6 < 4 THEN start - ln(1 - u) * interval '10 days'
                               ELSE start + u * u * interval '3000 days' END) AS due,
                             CASE WHEN n % 5 < 3 THEN CAST(? AS uuid) WHEN n % 100 = 99 THEN CAST(? AS uuid) END AS task,
                             CASE WHEN n % 5 < 3 OR n % 100 = 99 THEN CAST(? AS uuid) END AS w
                      FROM (SELECT n, (n * 48271::bigint % 2147483647) / 2147483647.0 AS u, CAST(? AS timestamptz) AS start
                            FROM generate_series(1, ?) AS n) AS one) AS all_of_them""", LARGE, SMALL, WORKFLOW, Timestamp.from(FROM), WAITING);
        sql.execute("VACUUM (ANALYZE) timer");
        sql.execute("ANALYZE workflow_task");
    }

    @AfterAll
    static void stop() {
        node.close();
    }

    @Test
    void what_is_near_is_counted() {
        Density near = density(Duration.ofDays(12), 48, null, null);
        assertThat(near.exact()).isTrue();
        for (Density.Bucket bucket : near.buckets()) {
            assertThat(bucket.due().count()).as("%s", bucket).isEqualTo(count(bucket, "true"));
        }
        assertThat(near.buckets()).hasSize(48);
        assertThat(near.capacityPerSecond()).isNull();
    }

    @Test
    void what_is_far_is_estimated_and_says_so_but_what_comes_before_is_not() {
        Density far = density(Duration.ofDays(200), 200, null, null);
        assertThat(far.exact()).isFalse();
        long counted = 0;
        int seam = -1;
        for (int i = 0; i < far.buckets().size(); i++) {
            Density.Bucket bucket = far.buckets().get(i);
            long really = count(bucket, "true");
            counted += really;
            if (bucket.due().exact()) {
                assertThat(seam).as("nothing is counted behind an estimate").isNegative();
                assertThat(bucket.due().count()).isEqualTo(really);
            } else {
                seam = seam < 0 ? i : seam;
                assertNear(bucket, really, 1);
            }
        }
        assertThat(counted).isGreaterThan(150_000);
        assertThat(seam).isBetween(10, 100);
    }

    /** No more than a tenth off, or three standard deviations of the sample: 150,000 rows of which some part lies in the bucket. @param part of all that the estimate is of */
    private static void assertNear(Density.Bucket bucket, long really, double part) {
        double share = really / (part * WAITING);
        double deviation = Math.sqrt(share * (1 - share) / 150_000) * WAITING * part;
        assertThat((double) bucket.due().count())
                .as("%s", bucket)
                .isCloseTo(really, within(Math.max(really * 0.1, 3 * deviation) + 5));
    }

    @Test
    void a_task_is_counted_by_itself_and_estimated_by_its_share() {
        Density small = density(Duration.ofDays(3_300), 11, null, SMALL);
        assertThat(small.exact()).isTrue();
        small.buckets().forEach(bucket -> assertThat(bucket.due().count())
                .isEqualTo(count(bucket, "task_id = '" + SMALL + "'")));

        Density large = density(Duration.ofDays(200), 20, WORKFLOW, LARGE);
        assertThat(large.exact()).isFalse();
        assertThat(large.buckets().get(0).due().exact()).isTrue();
        for (Density.Bucket bucket : large.buckets()) {
            long really = count(bucket, "task_id = '" + LARGE + "'");
            if (bucket.due().exact()) {
                assertThat(bucket.due().count()).isEqualTo(really);
            } else {
                assertNear(bucket, really, 0.6);
            }
        }
    }

    @Test
    void a_workflow_is_the_sum_of_its_tasks() {
        Density both = density(Duration.ofDays(2), 8, WORKFLOW, null);
        assertThat(both.exact()).isTrue();
        both.buckets().forEach(bucket -> assertThat(bucket.due().count())
                .isEqualTo(count(bucket, "workflow_id = '" + WORKFLOW + "'")));
        assertThat(density(Duration.ofDays(2), 8, UUID.randomUUID(), null).buckets())
                .allMatch(bucket -> bucket.due().count() == 0);
        assertThat(density(Duration.ofDays(2), 8, UUID.randomUUID(), LARGE).buckets())
                .as("a task of another workflow")
                .allMatch(bucket -> bucket.due().count() == 0);
    }

    private static Density density(Duration length, int buckets, @Nullable UUID workflow, @Nullable UUID task) {
        Cluster cluster = node.engine.cluster();
        return cluster.density(new Density.Asked(new Buckets(FROM, FROM.plus(length), buckets), workflow, task, null));
    }

    private static long count(Density.Bucket bucket, String condition) {
        return sql.number(
                "SELECT count(*) FROM timer WHERE due_at >= ? AND due_at < ? AND " + condition,
                Timestamp.from(bucket.from()),
                Timestamp.from(bucket.to()));
    }
}
