package dev.bide.delivery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.bide.delivery.DeliveryOutcome.Deferred;
import dev.bide.delivery.DeliveryOutcome.Reason;
import dev.bide.delivery.Destination.Verdict;
import io.dropwizard.util.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.stream.IntStream;
import okhttp3.HttpUrl;
import okhttp3.OkHttpClient;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class DestinationTest {

    private static final long MILLISECOND = 1_000_000L;

    private final OkHttpClient client = new OkHttpClient();
    private final DestinationLimits limits = new DestinationLimits();

    private Destination destination() {
        return new Destination("example.com:443", limits, client);
    }

    private static Reason reason(Destination destination) {
        Deferred deferred = destination.admit();
        assertThat(deferred).isNotNull();
        return deferred.reason();
    }

    private static void call(Destination destination, Verdict verdict) {
        assertThat(destination.admit()).isNull();
        destination.release(verdict, MILLISECOND);
    }

    private static void call(Destination destination, Verdict verdict, int times) {
        for (int i = 0; i < times; i++) {
            call(destination, verdict);
        }
    }

    @Test
    void admitsOnlySoManyAtOnce() {
        limits.maxConcurrentCalls = 2;
        Destination destination = destination();
        assertThat(destination.admit()).isNull();
        assertThat(destination.admit()).isNull();
        assertThat(reason(destination)).isEqualTo(Reason.DESTINATION_FULL);
        destination.release(Verdict.WELL, MILLISECOND);
        assertThat(destination.admit()).isNull();
        assertThat(reason(destination)).isEqualTo(Reason.DESTINATION_FULL);
    }

    @Test
    void whoWillSoonHaveAPlaceWaitsForIt() {
        limits.maxConcurrentCalls = 1;
        Destination destination = destination();
        call(destination, Verdict.WELL);
        // It waits for 20 ms: where the machine is busy, one or the other passes by.
        assertThat(IntStream.range(0, 100).anyMatch(i -> getsThePlaceItWaitsFor(destination)))
                .isTrue();
    }

    private static boolean getsThePlaceItWaitsFor(Destination destination) {
        assertThat(destination.admit()).isNull();
        FutureTask<@Nullable Deferred> next = new FutureTask<>(destination::admit);
        Thread waiter = new Thread(next);
        waiter.start();
        while (waiter.getState() != Thread.State.TIMED_WAITING && !next.isDone()) {
            Thread.onSpinWait();
        }
        boolean waits = !next.isDone();
        destination.release(Verdict.WELL, MILLISECOND);
        try {
            boolean gets = next.get() == null;
            if (gets) {
                destination.release(Verdict.WELL, MILLISECOND);
            }
            return waits && gets;
        } catch (InterruptedException | ExecutionException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Two at a time, 200 ms a call. */
    private Destination fullOfSlowCalls() {
        limits.maxConcurrentCalls = 2;
        Destination destination = destination();
        for (int i = 0; i < 100; i++) {
            destination.admit();
            destination.release(Verdict.WELL, 200 * MILLISECOND);
        }
        destination.admit();
        destination.admit();
        return destination;
    }

    /** Calls take 200 ms, so that nobody can have a place within 50. */
    @Test
    void whoWillNotIsTurnedAwayAtOnce() {
        Destination destination = fullOfSlowCalls();
        long begin = System.nanoTime();
        for (int i = 0; i < 1_000; i++) {
            assertThat(reason(destination)).isEqualTo(Reason.DESTINATION_FULL);
        }
        assertThat(System.nanoTime() - begin).as("1,000 turns of 20 ms").isLessThan(10_000 * MILLISECOND);
    }

    /** 200 ms a call, two at a time: a call each 100 ms. */
    @Test
    void aCrowdComesBackAsAQueueAtThePaceItCanBeServed() {
        Destination destination = fullOfSlowCalls();
        List<Long> waits = new ArrayList<>();
        for (int i = 0; i < 1_000; i++) {
            waits.add(destination.admit().retryIn().toMillis());
        }
        assertThat(waits.get(0)).isBetween(100L, 210L);
        assertThat(waits.get(999)).isBetween(80_000L, 120_000L);
        for (int i = 10; i < 1_000; i++) {
            assertThat(waits.get(i)).isGreaterThan(waits.get(i - 10));
        }
    }

    /** Nothing has ended for 300 ms: a place each 150 ms at best, and not each 10. */
    @Test
    void aCrowdComesBackMoreSeldomTheLongerNothingEnds() {
        limits.maxConcurrentCalls = 2;
        Destination destination = destination();
        destination.admit();
        destination.admit();
        await().pollDelay(java.time.Duration.ofMillis(300)).until(() -> true);
        long last = 0;
        for (int i = 0; i < 100; i++) {
            last = destination.admit().retryIn().toMillis();
        }
        assertThat(last).isGreaterThan(10_000);
    }

    /** One call hangs for two seconds beside a free place: that says nothing of how soon a place is free once both are taken. */
    @Test
    void theTimeInWhichThereWasRoomDoesNotCount() {
        limits.maxConcurrentCalls = 2;
        Destination destination = destination();
        destination.admit();
        await().pollDelay(java.time.Duration.ofMillis(2_000)).until(() -> true);
        destination.admit();
        // Else it would be a second for each, and half of that at the least.
        for (int i = 0; i < 10; i++) {
            assertThat(destination.admit().retryIn().toMillis()).isLessThan(4_000);
        }
    }

    @Test
    void onceThereIsRoomNobodyQueuesBehindThoseWhoLeft() {
        limits.maxConcurrentCalls = 2;
        Destination destination = destination();
        destination.admit();
        destination.admit();
        for (int i = 0; i < 1_000; i++) {
            destination.admit();
        }
        destination.release(Verdict.WELL, MILLISECOND);
        destination.release(Verdict.WELL, MILLISECOND);
        destination.admit();
        destination.admit();
        assertThat(destination.admit().retryIn().toMillis()).isLessThan(100);
    }

    @Test
    void callsPerSecondAreLimitedAndTheRestComesBackAtThatRate() {
        limits.callsPerSecond = 100;
        Destination destination = destination();
        int admitted = 0;
        List<Long> waits = new ArrayList<>();
        for (int i = 0; i < 1_000; i++) {
            Deferred deferred = destination.admit();
            if (deferred == null) {
                admitted++;
            } else {
                assertThat(deferred.reason()).isEqualTo(Reason.RATE_LIMITED);
                waits.add(deferred.retryIn().toMillis());
            }
        }
        // Ten at a time each 100 ms, and this loop may take some of those.
        assertThat(admitted).isBetween(10, 200);
        assertThat(waits.get(waits.size() - 1)).isBetween(waits.size() * 8L, waits.size() * 13L);
    }

    @Test
    void whomTheRateTurnsAwayHoldsNothing() {
        limits.callsPerSecond = 1;
        limits.maxConcurrentCalls = 2;
        Destination destination = destination();
        assertThat(destination.admit()).isNull();
        for (int i = 0; i < 10; i++) {
            assertThat(reason(destination)).isEqualTo(Reason.RATE_LIMITED);
        }
    }

    @Test
    void aFewTimersThatFailMakeAllTheirAttempts() {
        Destination destination = destination();
        call(destination, Verdict.FAILED, 99);
        assertThat(destination.admit()).isNull();
        assertThat(destination.open()).isFalse();
    }

    @Test
    void aDestinationThatMostlyFailsIsLeftAlone() {
        limits.breaker.openFor = Duration.minutes(1);
        Destination destination = destination();
        call(destination, Verdict.FAILED, 100);
        assertThat(destination.open()).isTrue();
        Deferred first = destination.admit();
        assertThat(first.reason()).isEqualTo(Reason.BREAKER_OPEN);
        assertThat(first.retryIn().toMillis()).isBetween(55_000L, 61_000L);
        for (int i = 0; i < 10_000; i++) {
            destination.admit();
        }
        // At most 500 a second come to ask.
        assertThat(destination.admit().retryIn().toMillis()).isGreaterThan(70_000L);
    }

    @Test
    void aDestinationThatFailsNowAndThenIsNot() {
        Destination destination = destination();
        for (int i = 0; i < 100; i++) {
            call(destination, Verdict.WELL, 1);
            call(destination, Verdict.FAILED, 8);
        }
        assertThat(destination.open()).isFalse();
    }

    @Test
    void itIsTriedAgainByAFewAndOpenedToAllOnceTheyPass() {
        limits.breaker.openFor = Duration.milliseconds(50);
        limits.breaker.trialCalls = 3;
        Destination destination = destination();
        call(destination, Verdict.FAILED, 100);
        await().until(() -> destination.admit() == null);
        assertThat(destination.admit()).isNull();
        assertThat(destination.admit()).isNull();
        assertThat(reason(destination)).isEqualTo(Reason.BREAKER_OPEN);
        assertThat(destination.open()).isTrue();
        // A trial that says nothing makes room for another.
        destination.release(Verdict.UNKNOWN, MILLISECOND);
        assertThat(destination.admit()).isNull();
        for (int i = 0; i < 3; i++) {
            destination.release(Verdict.WELL, MILLISECOND);
        }
        assertThat(destination.open()).isFalse();
        call(destination, Verdict.WELL, 100);
    }

    @Test
    void trialsThatFailCloseItAgain() {
        limits.breaker.openFor = Duration.milliseconds(50);
        limits.breaker.trialCalls = 1;
        Destination destination = destination();
        call(destination, Verdict.FAILED, 100);
        await().until(() -> destination.admit() == null);
        destination.release(Verdict.FAILED, MILLISECOND);
        assertThat(reason(destination)).isEqualTo(Reason.BREAKER_OPEN);
    }

    @Test
    void eachTrialThatFailsLeavesItAloneForTwiceAsLongUpToALimit() {
        limits.breaker.openFor = Duration.milliseconds(100);
        limits.breaker.longestOpenFor = Duration.milliseconds(400);
        limits.breaker.trialCalls = 1;
        Destination destination = destination();
        call(destination, Verdict.FAILED, 100);
        List<Long> waits = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            waits.add(destination.admit().retryIn().toMillis());
            await().pollInterval(java.time.Duration.ofMillis(1)).until(() -> destination.admit() == null);
            destination.release(Verdict.FAILED, MILLISECOND);
        }
        assertThat(waits.get(0)).isBetween(60L, 110L);
        assertThat(waits.get(1)).isBetween(160L, 600L);
        assertThat(waits.get(2)).isBetween(360L, 900L);
        await().until(() -> destination.admit() == null);
        destination.release(Verdict.WELL, MILLISECOND);
        assertThat(destination.open()).isFalse();
        call(destination, Verdict.FAILED, 100);
        assertThat(destination.admit().retryIn().toMillis()).as("short again").isBetween(60L, 110L);
    }

    @Test
    void fewCallsAreUnderWayWhileItIsTried() {
        limits.breaker.openFor = Duration.milliseconds(50);
        limits.breaker.concurrentTrialCalls = 2;
        Destination destination = destination();
        assertThat(destination.admit()).as("a call from before").isNull();
        call(destination, Verdict.FAILED, 100);
        await().until(() -> destination.admit() == null);
        assertThat(reason(destination)).isEqualTo(Reason.BREAKER_OPEN);
        destination.release(Verdict.FAILED, MILLISECOND);
        assertThat(destination.admit()).isNull();
        assertThat(reason(destination)).isEqualTo(Reason.BREAKER_OPEN);
    }

    @Test
    void theBreakerCanBeTurnedOff() {
        limits.breaker.enabled = false;
        Destination destination = destination();
        call(destination, Verdict.FAILED, 500);
        assertThat(destination.open()).isFalse();
        assertThat(destination.admit()).isNull();
    }

    @Test
    void nobodyWaitsMoreThanAnHour() {
        Slots slots = new Slots();
        for (int i = 0; i < 100; i++) {
            java.time.Duration wait = slots.next(0, 600_000 * MILLISECOND);
            assertThat(wait).isBetween(java.time.Duration.ofMinutes(5), java.time.Duration.ofHours(1));
        }
        slots.clear();
        assertThat(slots.next(0, MILLISECOND)).isLessThan(java.time.Duration.ofSeconds(5));
    }

    @Test
    void limitsAreFoundByHostAndPortThenByHost() {
        DeliveryConfiguration configuration = new DeliveryConfiguration();
        configuration.defaultDestination.maxConcurrentCalls = 1;
        configuration.destinations.put("API.example.com", new DestinationLimits());
        configuration.destinations.get("API.example.com").maxConcurrentCalls = 2;
        configuration.destinations.put("api.example.com:8443", new DestinationLimits());
        configuration.destinations.get("api.example.com:8443").maxConcurrentCalls = 3;
        Destinations destinations = new Destinations(configuration, client);
        assertThat(capacity(destinations, "https://other.example/")).isEqualTo(1);
        assertThat(capacity(destinations, "https://api.example.com/")).isEqualTo(2);
        assertThat(capacity(destinations, "http://api.example.com/")).isEqualTo(2);
        assertThat(capacity(destinations, "https://api.example.com:8443/")).isEqualTo(3);
        assertThat(capacity(destinations, "https://api.example.com.:443/x")).isZero();
        assertThat(capacity(destinations, "https://[::1]/")).isEqualTo(1);
        assertThat(destinations.of(HttpUrl.get("https://[::1]/")).name()).isEqualTo("[::1]:443");
        assertThat(destinations.count()).isEqualTo(5);
    }

    @Test
    void onlySoManyAreRemembered() {
        DeliveryConfiguration configuration = new DeliveryConfiguration();
        configuration.rememberedDestinations = 10;
        Destinations destinations = new Destinations(configuration, client);
        for (int i = 0; i < 1_000; i++) {
            destinations.of(HttpUrl.get("https://host-" + i + ".example/"));
        }
        assertThat(destinations.count()).isLessThanOrEqualTo(11);
    }

    private static int capacity(Destinations destinations, String url) {
        Destination destination = destinations.of(HttpUrl.get(url));
        int admitted = 0;
        while (destination.admit() == null) {
            admitted++;
        }
        return admitted;
    }
}
