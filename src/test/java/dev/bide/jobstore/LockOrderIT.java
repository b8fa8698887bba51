package dev.bide.jobstore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.bide.testing.PostgresExtension;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Duration;
import java.util.Date;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.quartz.TriggerKey;
import org.quartz.spi.OperableTrigger;
import org.quartz.spi.TriggerFiredResult;

/** Whoever waits for a trigger's row holds none that comes after it: all go by key, wherever the rows lie in the table. */
class LockOrderIT {
    @RegisterExtension
    static final PostgresExtension POSTGRES = new PostgresExtension();

    @Test
    void confirms_by_key() throws Exception {
        Cluster cluster = new Cluster("confirms", POSTGRES.dataSource());
        try (Node node = cluster.node("a", store -> store.setAcquireAhead(true))) {
            node.store.schedulerStarted();
            cluster.awaitMembers(1);
            Date due = new Date(System.currentTimeMillis() + 3_600_000);
            // So that the later key lies first.
            cluster.store(node, List.of(Cluster.onceByCron("z", due)));
            cluster.store(node, List.of(Cluster.onceByCron("a", due)));
            List<OperableTrigger> acquired = node.store.acquireNextTriggers(due.getTime() + 2_000, 2, 0);
            assertThat(acquired)
                    .extracting(OperableTrigger::getKey)
                    .containsExactlyInAnyOrder(new TriggerKey("a", "test"), new TriggerKey("z", "test"));
            assertThat(cluster.number("SELECT count(*) FROM qrtz_triggers AS a, qrtz_triggers AS z"
                            + " WHERE a.sched_name = 'confirms' AND z.sched_name = 'confirms'"
                            + " AND a.trigger_name = 'a' AND z.trigger_name = 'z' AND z.ctid < a.ctid"))
                    .isOne();
            CompletableFuture<List<TriggerFiredResult>> fired;
            try (Connection connection = POSTGRES.dataSource().getConnection();
                    Statement statement = connection.createStatement()) {
                connection.setAutoCommit(false);
                statement.execute(lock("a", ""));
                fired = CompletableFuture.supplyAsync(() -> fire(node, acquired));
                await().until(POSTGRES::somebodyWaitsForALock);
                statement.execute(lock("z", "NOWAIT"));
                connection.rollback();
            }
            await().atMost(Duration.ofSeconds(10)).until(fired::isDone);
            assertThat(fired.get()).hasSize(2).allMatch(result -> result.getTriggerFiredBundle() != null);
        }
    }

    private static List<TriggerFiredResult> fire(Node node, List<OperableTrigger> triggers) {
        try {
            return node.store.triggersFired(triggers);
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    private static String lock(String name, String how) {
        return "SELECT 1 FROM qrtz_triggers WHERE sched_name = 'confirms' AND trigger_name = '" + name
                + "' AND trigger_group = 'test' FOR UPDATE " + how;
    }
}
