package dev.bide.jobstore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.bide.testing.PostgresExtension;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Date;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A node checks in on a connection of its own. */
class CheckInIT {
    @RegisterExtension
    static final PostgresExtension POSTGRES = new PostgresExtension();

    /** A pool whose connections are all in use for a while; and which of them are lent. */
    private static final class Busy {
        private final Set<Connection> lent = ConcurrentHashMap.newKeySet();
        private volatile CountDownLatch free = new CountDownLatch(0);

        DataSource source() {
            return (DataSource) Proxy.newProxyInstance(
                    getClass().getClassLoader(), new Class<?>[] {DataSource.class}, (proxy, method, arguments) -> {
                        if (!method.getName().equals("getConnection")) {
                            return invoke(POSTGRES.dataSource(), method, arguments);
                        }
                        free.await();
                        return watched(POSTGRES.dataSource().getConnection());
                    });
        }

        private Connection watched(Connection connection) {
            lent.add(connection);
            return (Connection) Proxy.newProxyInstance(
                    getClass().getClassLoader(), new Class<?>[] {Connection.class}, (proxy, method, arguments) -> {
                        if (method.getName().equals("close")) {
                            lent.remove(connection);
                        }
                        return invoke(connection, method, arguments);
                    });
        }

        private static Object invoke(Object on, java.lang.reflect.Method method, Object[] arguments) throws Throwable {
            try {
                return method.invoke(on, arguments);
            } catch (InvocationTargetException e) {
                throw e.getCause();
            }
        }
    }

    private static String stamp(Cluster cluster) throws SQLException {
        return String.valueOf(cluster.number(
                "SELECT max(last_checkin_time) FROM qrtz_scheduler_state WHERE sched_name = '" + cluster.name() + "'"));
    }

    @Test
    void a_node_that_gets_no_connection_for_its_work_stays_a_member() throws Exception {
        Cluster cluster = new Cluster("busy", POSTGRES.dataSource());
        Busy work = new Busy();
        try (Node node = cluster.node("a", work.source())) {
            node.start();
            await().until(() -> node.postgres().holdsLease());
            work.free = new CountDownLatch(1);
            try {
                await().during(Duration.ofSeconds(5))
                        .atMost(Duration.ofSeconds(20))
                        .until(() -> node.postgres().holdsLease());
            } finally {
                work.free.countDown();
            }
            cluster.store(node, Cluster.oneShots(1, new Date()));
            await().until(() -> cluster.firings().total.sum() == 1);
        }
    }

    @Test
    void its_connection_comes_from_where_it_was_told_is_kept_and_closed_at_the_end() throws Exception {
        Cluster cluster = new Cluster("own", POSTGRES.dataSource());
        Busy own = new Busy();
        try (Node node = Node.ours(
                cluster.name(), "a", POSTGRES.dataSource(), store -> store.useCheckInDataSource(own.source()))) {
            node.start();
            await().until(() -> node.postgres().holdsLease());
            Set<Connection> first = Set.copyOf(own.lent);
            assertThat(first).hasSize(1);
            String before = stamp(cluster);
            await().until(() -> !stamp(cluster).equals(before));
            assertThat(own.lent).isEqualTo(first);
        }
        assertThat(own.lent).isEmpty();
        assertThat(cluster.members()).as("it has left").isZero();
    }

    @Test
    void another_one_is_opened_when_it_is_lost() throws Exception {
        Cluster cluster = new Cluster("lost", POSTGRES.dataSource());
        Busy own = new Busy();
        try (Node node = Node.ours(
                cluster.name(), "a", POSTGRES.dataSource(), store -> store.useCheckInDataSource(own.source()))) {
            node.start();
            await().until(() -> node.postgres().holdsLease());
            long lost = pid(own.lent.iterator().next());
            cluster.execute("SELECT pg_terminate_backend(" + lost + ")");
            String before = stamp(cluster);
            await().until(() -> !stamp(cluster).equals(before));
            await().until(() -> node.postgres().holdsLease() && own.lent.size() == 1);
            assertThat(pid(own.lent.iterator().next())).isNotEqualTo(lost);
        }
    }

    private static long pid(Connection connection) throws SQLException {
        return connection.unwrap(org.postgresql.PGConnection.class).getBackendPID();
    }
}
