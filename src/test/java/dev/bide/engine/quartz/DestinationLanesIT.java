package dev.bide.engine.quartz;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.bide.engine.Asked;
import dev.bide.engine.EngineExtension;
import dev.bide.engine.EngineNode;
import dev.bide.testing.PostgresExtension;
import dev.bide.testing.StubThirdParty;
import dev.bide.workflow.TimerDraft;
import dev.bide.workflow.store.Session;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** One destination's crowd of due timers costs the others nothing. */
class DestinationLanesIT {
    private static final int CROWD = 3_000;

    @RegisterExtension
    static EngineExtension node = EngineExtension.of(postgres -> EngineNode.on(postgres.dataSource())
            .worker()
            .delivery(",\"defaultDestination\": {\"maxConcurrentCalls\": 5}")
            .start());

    private static final PostgresExtension POSTGRES = node.postgres();

    @RegisterExtension
    final StubThirdParty slow = new StubThirdParty();

    @RegisterExtension
    final StubThirdParty good = new StubThirdParty();

    @Test
    void a_crowd_due_at_once_for_a_slow_one_is_left_where_it_is_and_goes_out_oldest_first() throws Exception {
        slow.delay(Duration.ofMillis(50));
        List<TimerDraft> crowd = new ArrayList<>();
        for (int i = 0; i < CROWD; i++) {
            crowd.add(EngineNode.timer(null, 2, slow.url("/crowd")));
        }
        node.engine.timers().createAll(crowd.stream().map(Asked::of).toList());
        await().atMost(Duration.ofSeconds(30)).until(() -> !slow.calls().isEmpty());
        List<UUID> others = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            others.add(node.engine
                    .timers()
                    .create(EngineNode.timer(null, 0, good.url("/other")))
                    .get()
                    .value()
                    .id());
            int made = i + 1;
            await().atMost(Duration.ofSeconds(20)).until(() -> good.calls().size() == made);
        }
        assertThat(slow.calls().size()).as("the crowd still waits").isBetween(20, CROWD - 500);
        List<Long> lateness = new ArrayList<>();
        for (UUID id : others) {
            await().atMost(Duration.ofSeconds(20))
                    .until(() -> node.engine.timers().get(id).latenessMs() != null);
            lateness.add(node.engine.timers().get(id).latenessMs());
        }
        Collections.sort(lateness);
        assertThat(lateness.get(47)).as("of " + lateness).isLessThan(2_000);
        await().atMost(Duration.ofSeconds(60)).until(() -> slow.calls().size() > 1_000);
        long deferred = node.delivery.figures().deferred().values().stream()
                .mapToLong(Long::longValue)
                .sum();
        assertThat(deferred)
                .as("those that were in hand when it was full, and some")
                .isLessThan(CROWD / 2);
        assertThat(slow.calls().values()).as("each once").allMatch(calls -> calls.size() == 1);
    }

    @Test
    void all_nodes_of_one_database_number_lanes_alike_by_a_secret_that_it_keeps() throws Exception {
        String url = "https://api.example.com/";
        try (EngineNode other = EngineNode.api(POSTGRES.dataSource())) {
            assertThat(other.delivery.lanes().lane(url))
                    .isEqualTo(node.delivery.lanes().lane(url));
        }
        byte[] secret = node.database.inTransaction(Session::laneSecret);
        assertThat(secret).hasSize(32);
        POSTGRES.migrate();
        assertThat(node.database.inTransaction(Session::laneSecret))
                .as("after another start")
                .isEqualTo(secret);
    }
}
