package dev.bide.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.bide.testing.PostgresExtension;
import dev.bide.testing.StubThirdParty;
import dev.bide.workflow.TimerDraft;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Third parties that take connections and say nothing do not make the timers of others late. */
class HungDestinationsIT {
    private static final int HUNG = 600;
    private static final int GOOD = 120;

    @RegisterExtension
    static final PostgresExtension POSTGRES = new PostgresExtension();

    @RegisterExtension
    final StubThirdParty good = new StubThirdParty();

    /** The good one is called for the first time while the others hang. */
    @Test
    void hundreds_of_hung_destinations_make_no_other_late() throws Exception {
        ScheduledExecutorService clock = Executors.newSingleThreadScheduledExecutor();
        List<UUID> ids = Collections.synchronizedList(new ArrayList<>());
        try (EngineNode node = EngineNode.worker(POSTGRES.dataSource());
                ServerSocket hung = new ServerSocket(0, 2 * HUNG)) {
            List<TimerDraft> drafts = new ArrayList<>();
            for (int i = 0; i < HUNG; i++) {
                String url = "http://127.1." + i / 200 + "." + (i % 200 + 1) + ":" + hung.getLocalPort() + "/";
                drafts.add(new TimerDraft(
                        null,
                        EngineNode.seconds(0),
                        EngineNode.action(url),
                        EngineNode.quickly(),
                        Duration.ofSeconds(40),
                        null));
            }
            node.engine.timers().createAll(drafts.stream().map(Asked::of).toList());
            await().atMost(Duration.ofSeconds(30))
                    .until(() -> node.delivery.figures().inFlight() > 200);
            clock.scheduleAtFixedRate(
                    () -> ids.add(node.engine
                            .timers()
                            .create(EngineNode.timer(null, 0, good.url("/good")))
                            .join()
                            .value()
                            .id()),
                    0,
                    100,
                    TimeUnit.MILLISECONDS);
            await().atMost(Duration.ofSeconds(60)).until(() -> good.calls().size() >= GOOD);
            List<Long> lateness = new ArrayList<>();
            for (UUID id : List.copyOf(ids).subList(0, GOOD - 20)) {
                await().atMost(Duration.ofSeconds(30))
                        .until(() -> node.engine.timers().get(id).latenessMs() != null);
                lateness.add(node.engine.timers().get(id).latenessMs());
            }
            Collections.sort(lateness);
            assertThat(lateness.get(lateness.size() * 95 / 100))
                    .as("p95 of " + lateness)
                    .isLessThan(1_000);
            assertThat(node.delivery.figures().inFlight()).as("that hang").isGreaterThan(200);
        } finally {
            clock.shutdownNow();
        }
    }
}
