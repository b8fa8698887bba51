package dev.bide.jobstore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.bide.jobstore.internal.cluster.Presence;
import dev.bide.testing.PostgresExtension;
import java.time.Duration;
import java.util.Date;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.quartz.SchedulerException;
import org.slf4j.LoggerFactory;

/** Two nodes under one instance id would take one another's executions for their own leftovers. */
class SameNameIT {
    @RegisterExtension
    static final PostgresExtension POSTGRES = new PostgresExtension();

    @Test
    void the_second_node_of_a_name_is_refused_and_the_first_works_on() throws Exception {
        Cluster cluster = new Cluster("twice", POSTGRES.dataSource());
        try (Node first = cluster.node("NON_CLUSTERED");
                Node second = Node.ours(cluster.name(), "NON_CLUSTERED", POSTGRES.dataSource())) {
            first.start();
            assertThatThrownBy(second.scheduler::start)
                    .isInstanceOf(SchedulerException.class)
                    .hasMessageContaining("another node checks in as instance NON_CLUSTERED")
                    .hasMessageContaining("AUTO");
            assertThat(second.postgres().holdsLease()).isFalse();
            cluster.store(first, List.of(Cluster.oneShot("t", new Date())));
            await().until(() -> cluster.firings().total.sum() == 1);
            assertThat(first.postgres().holdsLease()).isTrue();
        }
    }

    @Test
    void a_node_that_finds_another_in_its_place_stops_until_the_other_is_gone() throws Exception {
        Cluster cluster = new Cluster("replaced", POSTGRES.dataSource());
        try (Node node = cluster.node("a")) {
            node.start();
            await().until(() -> node.postgres().holdsLease());
            await().during(Duration.ofSeconds(4))
                    .atMost(Duration.ofSeconds(15))
                    .pollInterval(Duration.ofMillis(400))
                    .until(() -> {
                        cluster.execute(
                                "UPDATE qrtz_scheduler_state SET last_checkin_time = extract(epoch FROM clock_timestamp()) * 1000 + 1 WHERE sched_name = 'replaced'");
                        return !node.postgres().holdsLease();
                    });
            cluster.store(node, List.of(Cluster.oneShot("t", new Date())));
            assertThat(cluster.firings().total.sum()).isZero();
            await().atMost(Duration.ofSeconds(15))
                    .until(() -> cluster.firings().total.sum() == 1);
        }
    }

    @Test
    void a_node_that_joins_late_and_finds_another_says_so_once() throws Exception {
        Cluster cluster = new Cluster("late", POSTGRES.dataSource());
        Logger logger = (Logger) LoggerFactory.getLogger(Presence.class);
        ListAppender<ILoggingEvent> log = new ListAppender<>();
        log.start();
        logger.addAppender(log);
        FaultyDataSource line = new FaultyDataSource(POSTGRES.dataSource(), 1, 0);
        try (Node node = Node.ours(cluster.name(), "a", line)) {
            line.cutOff(true);
            node.start();
            cluster.execute(
                    "INSERT INTO qrtz_scheduler_state SELECT 'late', 'a', extract(epoch FROM clock_timestamp()) * 1000, 1000");
            line.cutOff(false);
            await().during(Duration.ofSeconds(4))
                    .atMost(Duration.ofSeconds(20))
                    .pollInterval(Duration.ofMillis(300))
                    .until(() -> {
                        cluster.execute(
                                "UPDATE qrtz_scheduler_state SET last_checkin_time = extract(epoch FROM clock_timestamp()) * 1000 WHERE sched_name = 'late'");
                        return !node.postgres().holdsLease();
                    });
            assertThat(log.list.stream()
                            .map(ILoggingEvent::getFormattedMessage)
                            .filter(said -> said.startsWith("another node checks in as instance a")))
                    .hasSize(1);
        } finally {
            logger.detachAppender(log);
        }
    }

    @Test
    void a_node_that_starts_again_soon_waits_until_its_earlier_life_is_known_to_be_over() throws Exception {
        Cluster cluster = new Cluster("again", POSTGRES.dataSource());
        cluster.execute(
                "INSERT INTO qrtz_scheduler_state SELECT 'again', 'a', extract(epoch FROM clock_timestamp()) * 1000, 1000");
        cluster.execute(
                "INSERT INTO qrtz_fired_triggers SELECT 'again', 'a-0(0,1)', 't0', 'test', 'a', 0, 1000, 5, 'EXECUTING', 'count', 'test', NULL, true");
        try (Node node = cluster.node("a")) {
            long begun = System.nanoTime();
            node.start();
            assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(Duration.ofSeconds(10));
            assertThat(node.postgres().holdsLease()).isTrue();
            await().until(() -> cluster.firings().total.sum() == 1 && cluster.rows() == 0);
        }
    }
}
