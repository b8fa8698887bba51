package dev.bide.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bide.testing.Outage;
import dev.bide.testing.PostgresExtension;
import dev.bide.testing.StubThirdParty;
import dev.bide.workflow.Refusal;
import dev.bide.workflow.RefusedException;
import dev.bide.workflow.Timer;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A stop ends within the minute that machines grant, of which the server's own grace is a third. */
class EngineStopIT {
    private static final Duration GRANTED = Duration.ofSeconds(25);

    @RegisterExtension
    static final PostgresExtension POSTGRES = new PostgresExtension();

    @RegisterExtension
    final StubThirdParty thirdParty = new StubThirdParty();

    private final Outage outage = new Outage();

    @Test
    @Timeout(120)
    void with_outcomes_that_cannot_be_written() throws Exception {
        EngineNode node = node(true);
        thirdParty.delay(Duration.ofSeconds(2));
        UUID id = node.engine
                .timers()
                .create(EngineNode.timer(null, 0, thirdParty.url("/")))
                .join()
                .value()
                .id();
        Awaitility.await().until(() -> !thirdParty.calls(id).isEmpty());
        outage.begin();
        assertThat(stop(node)).isLessThan(GRANTED);
    }

    @Test
    @Timeout(120)
    void with_new_timers_that_cannot_be_stored() throws Exception {
        EngineNode node = node(false);
        try (Connection holder = POSTGRES.dataSource().getConnection();
                Statement statement = holder.createStatement()) {
            holder.setAutoCommit(false);
            statement.execute("LOCK TABLE timer");
            List<CompletableFuture<Accepted<Timer>>> waiting = IntStream.range(0, 600)
                    .mapToObj(i -> node.engine.timers().create(EngineNode.timer(null, 100, "http://127.0.0.1:9/")))
                    .toList();
            Awaitility.await().until(POSTGRES::somebodyWaitsForALock);
            assertThat(stop(node)).isLessThan(GRANTED);
            // Those that no writer had taken are told so at once; nobody waits for ever.
            assertThat(waiting)
                    .filteredOn(CompletableFuture::isCompletedExceptionally)
                    .isNotEmpty()
                    .allSatisfy(one -> assertThat(reason(one)).isEqualTo(Refusal.Reason.BUSY));
            holder.rollback();
            Awaitility.await().until(() -> waiting.stream().allMatch(CompletableFuture::isDone));
        }
    }

    private static Refusal.Reason reason(CompletableFuture<Accepted<Timer>> failed) {
        try {
            failed.join();
            throw new AssertionError("it was stored");
        } catch (CompletionException e) {
            return ((RefusedException) e.getCause()).refusal().reason();
        }
    }

    private static Duration stop(EngineNode node) {
        long begun = System.nanoTime();
        node.close();
        return Duration.ofNanos(System.nanoTime() - begun);
    }

    private EngineNode node(boolean worker) throws Exception {
        EngineNode.Builder node =
                EngineNode.on(outage.apply(POSTGRES.dataSource())).settings("{\"shutdownGrace\": \"5s\"}");
        return (worker ? node.worker() : node).start();
    }
}
