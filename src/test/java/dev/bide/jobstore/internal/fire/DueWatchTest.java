package dev.bide.jobstore.internal.fire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Both clocks stand still but for what a test does. */
class DueWatchTest {
    private static final Duration INTERVAL = Duration.ofHours(1);
    private static final long NOTHING = Long.MAX_VALUE;

    private final AtomicLong millis = new AtomicLong(1_000_000);
    private final AtomicLong nanos = new AtomicLong();
    private final AtomicLong next = new AtomicLong(NOTHING);
    private final List<Long> askedAtNanos = new CopyOnWriteArrayList<>();
    private final List<Long> wokenAtMillis = new CopyOnWriteArrayList<>();
    private final DueWatch watch = new DueWatch(
            INTERVAL.toMillis(),
            () -> {
                askedAtNanos.add(nanos.get());
                return next.get();
            },
            due -> wokenAtMillis.add(millis.get()),
            () -> Instant.ofEpochMilli(millis.get()),
            nanos::get);

    @BeforeEach
    void start() {
        watch.start("DueWatchTest", true);
    }

    @AfterEach
    void close() {
        watch.close();
    }

    @Test
    void wakes_the_scheduler_when_what_it_found_is_due() {
        next.set(1_060_000);
        watch.idle();
        await().until(() -> askedAtNanos.size() == 1);
        setMillis(1_059_999);
        setMillis(1_060_000);
        await().until(() -> !wokenAtMillis.isEmpty());
        assertThat(wokenAtMillis).containsExactly(1_060_000L);
    }

    @Test
    void what_this_node_stores_is_noticed_without_asking_for_it() {
        watch.idle();
        await().until(() -> askedAtNanos.size() == 1);
        watch.tell(1_001_000);
        setMillis(1_001_000);
        await().until(() -> !wokenAtMillis.isEmpty());
        assertThat(wokenAtMillis).containsExactly(1_001_000L);
        assertThat(askedAtNanos).hasSize(1);
    }

    @Test
    void asks_again_after_each_interval_and_no_sooner() {
        watch.idle();
        await().pollInterval(Duration.ofMillis(5)).until(() -> {
            passTime();
            return askedAtNanos.size() >= 3;
        });
        assertAtLeastAnIntervalApart();
        assertThat(wokenAtMillis).isEmpty();
    }

    @Test
    void a_scheduler_that_does_not_come_is_woken_once_more_after_an_interval() {
        next.set(0);
        watch.idle();
        await().pollInterval(Duration.ofMillis(5)).until(() -> {
            passTime();
            return wokenAtMillis.size() >= 2;
        });
        assertAtLeastAnIntervalApart();
    }

    private void setMillis(long now) {
        millis.set(now);
        lookAtTheClocks();
    }

    /** A quarter of the interval. */
    private void passTime() {
        nanos.addAndGet(INTERVAL.toNanos() / 4);
        lookAtTheClocks();
    }

    /** Its thread waits by no clock of these. */
    private void lookAtTheClocks() {
        watch.tell(NOTHING);
    }

    private void assertAtLeastAnIntervalApart() {
        for (int i = 1; i < askedAtNanos.size(); i++) {
            assertThat(askedAtNanos.get(i) - askedAtNanos.get(i - 1)).isGreaterThanOrEqualTo(INTERVAL.toNanos());
        }
    }
}
