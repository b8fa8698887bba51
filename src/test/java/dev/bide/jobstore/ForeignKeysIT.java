package dev.bide.jobstore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.bide.testing.PostgresExtension;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Date;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.quartz.TriggerKey;
import org.quartz.spi.OperableTrigger;

/** On tables with the foreign keys of Quartz's own script. */
class ForeignKeysIT {
    @RegisterExtension
    static final PostgresExtension POSTGRES = new PostgresExtension();

    @Test
    void triggers_are_fired_removed_and_replaced() throws Exception {
        Cluster cluster = new Cluster("foreign-keys", POSTGRES.dataSource());
        cluster.execute(
                "ALTER TABLE qrtz_triggers ADD FOREIGN KEY (sched_name, job_name, job_group) REFERENCES qrtz_job_details");
        for (String type : List.of("simple", "cron", "simprop", "blob")) {
            cluster.execute("ALTER TABLE qrtz_" + type
                    + "_triggers ADD FOREIGN KEY (sched_name, trigger_name, trigger_group) REFERENCES qrtz_triggers");
        }
        try (Node node = cluster.node("a")) {
            Date later = new Date(System.currentTimeMillis() + 3_600_000);
            cluster.store(node, List.of(Cluster.oneShot("a", later), Cluster.onceByCron("b", later)));
            OperableTrigger replacing = Cluster.oneShot("b", later);
            Set<TriggerKey> both = Set.of(new TriggerKey("a", "test"), new TriggerKey("b", "test"));
            Set<TriggerKey> replaced =
                    changed(cluster, connection -> node.postgres().replace(connection, List.of(replacing)));
            assertThat(replaced).containsExactly(replacing.getKey());
            Set<TriggerKey> removed =
                    changed(cluster, connection -> node.postgres().remove(connection, both));
            assertThat(removed).isEqualTo(both);
            cluster.store(node, Cluster.oneShots(50, new Date()));
            cluster.store(node, List.of(Cluster.onceByCron("c", new Date())));
            node.start();
            await().atMost(Duration.ofSeconds(20))
                    .until(() -> cluster.firings().total.sum() == 51 && cluster.rows() == 0);
        }
    }

    private interface Change {
        Set<TriggerKey> run(Connection connection) throws SQLException;
    }

    private static Set<TriggerKey> changed(Cluster cluster, Change change) throws SQLException {
        return cluster.inTransaction(connection -> {
            try {
                return change.run(connection);
            } catch (SQLException e) {
                throw new IllegalStateException(e);
            }
        });
    }
}
