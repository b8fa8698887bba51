package dev.bide.engine;

import static dev.bide.engine.EngineNode.timer;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.bide.testing.PostgresExtension;
import dev.bide.testing.RedisExtension;
import dev.bide.testing.StubThirdParty;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Three workers that lease from a Redis Cluster of six what they may ask of one destination together, while the Redis that answers for it is killed, and all are frozen. */
class LeasedLimitsIT {
    private static final Duration PATIENCE = Duration.ofSeconds(90);
    private static final int PER_SECOND = 50;
    private static final int WORKERS = 3;

    /** The limit, what is left of a tenth of a second, one lease of each worker; and as much again as a tenth for what a busy machine brings together. */
    private static final int MOST_IN_A_SECOND = PER_SECOND + PER_SECOND / 10 * (1 + WORKERS + 1);

    @RegisterExtension
    static final PostgresExtension POSTGRES = new PostgresExtension();

    @RegisterExtension
    static final RedisExtension REDIS = RedisExtension.cluster();

    @RegisterExtension
    final StubThirdParty party = new StubThirdParty();

    private final List<EngineNode> nodes = new ArrayList<>();
    private final Set<String> wanted = new HashSet<>();

    @AfterEach
    void stop() {
        nodes.forEach(EngineNode::close);
    }

    private void workers(int count, String limits) throws Exception {
        for (int i = 0; i < count; i++) {
            nodes.add(EngineNode.on(POSTGRES.dataSource())
                    .worker()
                    .delivery(",\"defaultDestination\": {" + limits + "}")
                    .redis(REDIS.servers().url())
                    .start());
        }
    }

    private void create(int count) throws Exception {
        for (int i = 0; i < count; i++) {
            wanted.add(nodes.get(0)
                    .engine
                    .timers()
                    .create(timer(null, 0, party.url("/leased")))
                    .get()
                    .value()
                    .id()
                    .toString());
        }
    }

    private int called() {
        return party.calls().size();
    }

    private boolean away(EngineNode node) {
        return node.delivery.figures().leasesAway();
    }

    private long answered() {
        return nodes.stream()
                .mapToLong(node -> node.delivery.figures().leasesAnswered())
                .sum();
    }

    private void awaitAllOnce() {
        await().atMost(PATIENCE).until(() -> called() == wanted.size());
        assertThat(party.calls().keySet()).isEqualTo(wanted);
        assertThat(party.calls().values()).as("each once").allMatch(calls -> calls.size() == 1);
        await().atMost(PATIENCE)
                .until(() -> POSTGRES.sql().number("SELECT count(*) FROM qrtz_triggers")
                                + POSTGRES.sql().number("SELECT count(*) FROM qrtz_fired_triggers")
                        == 0);
    }

    @Test
    void no_limit_is_passed_and_no_timer_lost_while_the_redis_behind_it_is_killed_and_all_are_frozen()
            throws Exception {
        workers(WORKERS, "\"callsPerSecond\": " + PER_SECOND);
        await().atMost(PATIENCE).until(() -> nodes.stream().noneMatch(this::away) && answered() > 0);
        create(PER_SECOND * 20);
        await().atMost(PATIENCE).until(() -> called() > 3 * PER_SECOND);
        int master = REDIS.servers().masterOf("{" + party.url("").substring("http://".length()) + "}");
        REDIS.servers().kill(master);
        int atDeath = called();
        await().atMost(PATIENCE).until(() -> nodes.stream().allMatch(this::away));
        await().atMost(PATIENCE).until(() -> called() > Math.min(wanted.size() - 1, atDeath + PER_SECOND));
        await().atMost(PATIENCE).until(() -> nodes.stream().noneMatch(this::away));
        int atReturn = called();
        await().atMost(PATIENCE).until(() -> called() > Math.min(wanted.size() - 1, atReturn + 2 * PER_SECOND));
        REDIS.servers().freezeAll();
        try {
            int frozen = called();
            create(2 * PER_SECOND);
            await().atMost(PATIENCE).until(() -> called() >= frozen + 2 * PER_SECOND);
        } finally {
            REDIS.servers().thawAll();
        }
        create(PER_SECOND);
        awaitAllOnce();
        assertThat(party.mostInASecond()).isLessThanOrEqualTo(MOST_IN_A_SECOND);
        REDIS.servers().revive(master);
        REDIS.servers().awaitWhole();
    }

    @Test
    void one_call_at_once_is_made_by_whichever_worker_has_the_place() throws Exception {
        workers(2, "\"maxConcurrentCalls\": 1");
        await().atMost(PATIENCE).until(() -> nodes.stream().noneMatch(this::away) && answered() > 0);
        party.delay(Duration.ofMillis(50));
        create(20);
        awaitAllOnce();
        List<Instant> times = party.calls().values().stream()
                .map(calls -> calls.get(0).receivedAt())
                .sorted()
                .toList();
        for (int i = 1; i < times.size(); i++) {
            assertThat(Duration.between(times.get(i - 1), times.get(i)))
                    .as("each begins after the one before it was answered")
                    .isGreaterThanOrEqualTo(Duration.ofMillis(40));
        }
    }
}
