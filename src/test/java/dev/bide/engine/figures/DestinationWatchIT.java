package dev.bide.engine.figures;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.bide.engine.EngineExtension;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class DestinationWatchIT {
    @RegisterExtension
    static EngineExtension node = EngineExtension.api();

    private final AtomicLong nanos = new AtomicLong();

    private DestinationWatch watch() {
        return new DestinationWatch(node.database, node.delivery, "a", List::of, () -> true, nanos::get);
    }

    /** It goes on with all its threads at once, and may take nothing by what it knew. */
    @Test
    void one_that_was_frozen_reads_before_it_takes() throws Exception {
        DestinationWatch watch = watch();
        watch.look();
        watch.beforeTaking();
        nanos.addAndGet(TimeUnit.SECONDS.toNanos(60));
        Thread taking = new Thread(watch::beforeTaking);
        taking.start();
        await().until(() -> taking.getState() == Thread.State.TIMED_WAITING);
        watch.look();
        taking.join(20_000);
        assertThat(taking.isAlive()).isFalse();
        assertThat(watch.ageSeconds()).isZero();
    }

    @Test
    void one_that_can_not_read_takes_as_it_was_told_after_a_while() throws Exception {
        DestinationWatch watch = watch();
        watch.look();
        nanos.addAndGet(TimeUnit.SECONDS.toNanos(60));
        CompletableFuture<Void> taking = CompletableFuture.runAsync(watch::beforeTaking);
        await().until(() -> {
            nanos.addAndGet(TimeUnit.SECONDS.toNanos(1));
            return taking.isDone();
        });
        CompletableFuture.runAsync(watch::beforeTaking).get(20, TimeUnit.SECONDS);
        assertThat(watch.ageSeconds()).isGreaterThan(60);
    }

    @Test
    void lanes_of_paused_destinations_are_known_until_they_are_resumed() {
        DestinationWatch watch = watch();
        node.engine.destinations().pause("paused.example:443", null);
        node.engine.destinations().limit("limited.example:443", 1, null);
        watch.look();
        assertThat(watch.pausedLanes()).containsExactly(node.delivery.lanes().lane("https://paused.example/"));
        node.engine.destinations().resume("paused.example:443");
        watch.look();
        assertThat(watch.pausedLanes()).isEmpty();
    }
}
