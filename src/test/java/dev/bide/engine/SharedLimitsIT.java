package dev.bide.engine;

import static dev.bide.engine.EngineNode.timer;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.bide.testing.PostgresExtension;
import dev.bide.testing.StubThirdParty;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What is allowed to all workers together, without anything that they could agree by but their check-ins. */
class SharedLimitsIT {
    private static final Duration PATIENCE = Duration.ofSeconds(90);
    private static final int PER_SECOND = 30;

    @RegisterExtension
    static final PostgresExtension POSTGRES = new PostgresExtension();

    @RegisterExtension
    final StubThirdParty party = new StubThirdParty();

    private final List<EngineNode> nodes = new ArrayList<>();

    @AfterEach
    void stop() {
        nodes.forEach(EngineNode::close);
    }

    private EngineNode worker(String limits) throws Exception {
        EngineNode node = EngineNode.on(POSTGRES.dataSource())
                .worker()
                .delivery(",\"defaultDestination\": {" + limits + "}")
                .start();
        nodes.add(node);
        return node;
    }

    private List<UUID> create(int count) throws Exception {
        List<UUID> ids = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            ids.add(nodes.get(0)
                    .engine
                    .timers()
                    .create(timer(null, 0, party.url("/limited")))
                    .get()
                    .value()
                    .id());
        }
        return ids;
    }

    private int called() {
        return party.calls().size();
    }

    /** A busy machine brings some of them together: what is behind by some ms counts with the next second. */
    private static int withJitter(int limit) {
        return limit + limit / 2;
    }

    @Test
    void workers_that_come_and_go_pass_no_limit_together() throws Exception {
        worker("\"callsPerSecond\": " + PER_SECOND);
        List<UUID> ids = create(PER_SECOND * 14);
        await().atMost(PATIENCE).until(() -> called() > PER_SECOND);
        worker("\"callsPerSecond\": " + PER_SECOND);
        worker("\"callsPerSecond\": " + PER_SECOND);
        await().atMost(PATIENCE).until(() -> called() > 7 * PER_SECOND);
        nodes.remove(2).close();
        await().atMost(PATIENCE).until(() -> called() == ids.size());
        assertThat(party.mostInASecond()).isLessThanOrEqualTo(withJitter(PER_SECOND));
        Set<String> all = new HashSet<>();
        ids.forEach(id -> all.add(id.toString()));
        assertThat(party.calls().keySet()).isEqualTo(all);
        assertThat(party.calls().values()).as("each once").allMatch(calls -> calls.size() == 1);
    }

    /** Of three workers one has the share, and whoever takes such a timer leaves it to that one. */
    @Test
    void one_call_at_once_and_one_a_second_are_made_by_one_of_three() throws Exception {
        String limits = "\"callsPerSecond\": 1, \"maxConcurrentCalls\": 1";
        worker(limits);
        worker(limits);
        worker(limits);
        party.delay(Duration.ofMillis(100));
        List<UUID> ids = create(6);
        await().atMost(PATIENCE).until(() -> called() == ids.size());
        assertThat(party.mostInASecond()).isLessThanOrEqualTo(2);
        // Once the one with the share is gone, another has it: both are stopped in turn.
        for (int left = 2; left > 0; left--) {
            nodes.remove(nodes.size() - 1).close();
            int before = called();
            create(2);
            await().atMost(PATIENCE).until(() -> called() == before + 2);
        }
    }
}
