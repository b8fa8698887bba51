package dev.bide.delivery.destination;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.bide.delivery.DeliveryOutcome.Deferred;
import dev.bide.delivery.DeliveryOutcome.Reason;
import dev.bide.delivery.address.DestinationName;
import dev.bide.delivery.lease.ClusterShare;
import io.dropwizard.util.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import okhttp3.HttpUrl;
import okhttp3.OkHttpClient;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class DestinationTest {

    private static final long MILLISECOND = 1_000_000L;
    private static final int LANE = 6;

    private final OkHttpClient client = new OkHttpClient();
    private final DestinationLimits limits = new DestinationLimits();
    private java.time.Duration longestWait = java.time.Duration.ofMillis(20);
    private volatile long now = 7;

    private Tried destination() {
        return new Tried(new Destination(
                new DestinationName("example.com", 443),
                limits,
                new Destination.Waits(java.time.Duration.ofMinutes(5), longestWait, () -> now),
                new Threads(100_000, () -> now),
                client,
                () -> LANE,
                null));
    }

    private void pass(long milliseconds) {
        now += milliseconds * MILLISECOND;
    }

    /** A destination with the places that it has given, to be given back in turn. */
    private static final class Tried {
        private final Destination destination;
        private final Queue<Threads.Place> places = new ConcurrentLinkedQueue<>();

        Tried(Destination destination) {
            this.destination = destination;
        }

        @Nullable
        Deferred admit() {
            Destination.Admission admission = destination.admit();
            if (admission.place() != null) {
                places.add(admission.place());
            }
            return admission.deferred();
        }

        void release(Verdict verdict, long nanos) {
            release(verdict, null, nanos);
        }

        void release(Verdict verdict, java.time.@Nullable Duration asked, long nanos) {
            destination.release(places.remove(), verdict, verdict == Verdict.WELL, asked, nanos);
        }

        boolean open() {
            return destination.open();
        }

        int room() {
            return destination.room();
        }
    }

    private static Reason reason(Tried destination) {
        Deferred deferred = destination.admit();
        assertThat(deferred).isNotNull();
        return deferred.reason();
    }

    private static void call(Tried destination, Verdict verdict) {
        assertThat(destination.admit()).isNull();
        destination.release(verdict, MILLISECOND);
    }

    private static void call(Tried destination, Verdict verdict, int times) {
        for (int i = 0; i < times; i++) {
            call(destination, verdict);
        }
    }

    @Test
    void admits_only_so_many_at_once() {
        limits.maxConcurrentCalls = 2;
        Tried destination = destination();
        assertThat(destination.admit()).isNull();
        assertThat(destination.admit()).isNull();
        assertThat(reason(destination)).isEqualTo(Reason.DESTINATION_FULL);
        destination.release(Verdict.WELL, MILLISECOND);
        assertThat(destination.admit()).isNull();
        assertThat(reason(destination)).isEqualTo(Reason.DESTINATION_FULL);
    }

    @Test
    void who_will_soon_have_a_place_waits_for_it() throws Exception {
        limits.maxConcurrentCalls = 1;
        longestWait = java.time.Duration.ofMinutes(1);
        Tried destination = destination();
        call(destination, Verdict.WELL);
        assertThat(destination.admit()).isNull();
        FutureTask<@Nullable Deferred> next = new FutureTask<>(destination::admit);
        Thread waiter = new Thread(next);
        waiter.start();
        await().until(() -> waiter.getState() == Thread.State.TIMED_WAITING);
        destination.release(Verdict.WELL, MILLISECOND);
        assertThat(next.get(20, TimeUnit.SECONDS)).isNull();
    }

    /** Two at a time, 200 ms a call. */
    private Tried fullOfSlowCalls() {
        limits.maxConcurrentCalls = 2;
        Tried destination = destination();
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
    void who_will_not_is_turned_away_at_once() {
        Tried destination = fullOfSlowCalls();
        long begin = System.nanoTime();
        for (int i = 0; i < 1_000; i++) {
            assertThat(reason(destination)).isEqualTo(Reason.DESTINATION_FULL);
        }
        assertThat(System.nanoTime() - begin).as("1,000 turns of 20 ms").isLessThan(10_000 * MILLISECOND);
    }

    /** 200 ms a call, two at a time: a call each 100 ms. */
    @Test
    void a_crowd_comes_back_as_a_queue_at_the_pace_it_can_be_served() {
        Tried destination = fullOfSlowCalls();
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
    void a_crowd_comes_back_more_seldom_the_longer_nothing_ends() {
        limits.maxConcurrentCalls = 2;
        Tried destination = destination();
        destination.admit();
        destination.admit();
        pass(300);
        long last = 0;
        for (int i = 0; i < 100; i++) {
            last = destination.admit().retryIn().toMillis();
        }
        assertThat(last).isGreaterThan(10_000);
    }

    /** One call hangs for two seconds beside a free place: that says nothing of how soon a place is free once both are taken. */
    @Test
    void the_time_in_which_there_was_room_does_not_count() {
        limits.maxConcurrentCalls = 2;
        Tried destination = destination();
        destination.admit();
        pass(2_000);
        destination.admit();
        // Else it would be a second for each, and half of that at the least.
        for (int i = 0; i < 10; i++) {
            assertThat(destination.admit().retryIn().toMillis()).isLessThan(4_000);
        }
    }

    @Test
    void once_there_is_room_nobody_queues_behind_those_who_left() {
        limits.maxConcurrentCalls = 2;
        Tried destination = destination();
        destination.admit();
        destination.admit();
        pass(100);
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
    void calls_per_second_are_limited_and_the_rest_comes_back_at_that_rate() {
        limits.callsPerSecond = 100;
        Tried destination = destination();
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

    private static Directives set(@Nullable Integer most, @Nullable Integer perSecond, boolean paused) {
        return Directives.of(List.of(new Directive("example.com", 443, most, perSecond, paused)), ClusterShare.WHOLE);
    }

    /** As the third of {@code members}. */
    private static ClusterShare oneOf(int members) {
        return new ClusterShare(List.of(new ClusterShare.View(2, members)));
    }

    private static int admitted(Tried destination) {
        int admitted = 0;
        while (destination.admit() == null) {
            admitted++;
        }
        return admitted;
    }

    @Test
    void its_places_may_be_made_more_and_fewer_while_it_is_full() {
        limits.maxConcurrentCalls = 4;
        Tried destination = destination();
        assertThat(admitted(destination)).isEqualTo(4);
        destination.destination.obey(set(6, null, false));
        assertThat(admitted(destination)).isEqualTo(2);
        // Waits for none of the six.
        destination.destination.obey(set(2, null, false));
        for (int i = 0; i < 4; i++) {
            assertThat(reason(destination)).isEqualTo(Reason.DESTINATION_FULL);
            destination.release(Verdict.WELL, MILLISECOND);
        }
        assertThat(reason(destination)).as("two are under way still").isEqualTo(Reason.DESTINATION_FULL);
        destination.release(Verdict.WELL, MILLISECOND);
        assertThat(admitted(destination)).isOne();
        destination.destination.obey(Directives.NONE);
        assertThat(admitted(destination)).as("as configured").isEqualTo(2);
    }

    @Test
    void a_share_of_nothing_gives_no_room() {
        Tried destination = destination();
        destination.destination.obey(set(1, null, false).with(oneOf(3)));
        assertThat(destination.room()).isZero();
        assertThat(reason(destination)).isEqualTo(Reason.DESTINATION_FULL);
        destination.destination.obey(set(null, 1, false).with(oneOf(3)));
        assertThat(destination.room()).isZero();
        assertThat(reason(destination)).isEqualTo(Reason.RATE_LIMITED);
        destination.destination.obey(set(null, null, false));
        assertThat(destination.admit()).isNull();
    }

    @Test
    void what_is_configured_is_shared_as_what_is_set() {
        limits.maxConcurrentCalls = 7;
        Tried destination = destination();
        destination.destination.obey(Directives.NONE.with(oneOf(3)));
        assertThat(admitted(destination)).as("of 2, 2 and 3, by lane").isEqualTo(2);
        limits.maxConcurrentCalls = null;
        destination.destination.obey(Directives.NONE.with(oneOf(3)));
        assertThat(admitted(destination))
                .as("what nobody states is each node's own")
                .isEqualTo(254);
    }

    @Test
    void a_rate_that_is_configured_is_shared() {
        limits.callsPerSecond = 1;
        Tried destination = destination();
        destination.destination.obey(Directives.NONE.with(oneOf(3)));
        assertThat(reason(destination)).isEqualTo(Reason.RATE_LIMITED);
        destination.destination.obey(Directives.NONE);
        assertThat(destination.admit()).isNull();
    }

    /** It has just joined, and has its share in some seconds. */
    @Test
    void those_that_a_share_of_nothing_turns_away_come_back_at_the_pace_of_all_and_queue_no_more_once_it_grows() {
        limits.callsPerSecond = 1_000;
        Tried destination = destination();
        destination.destination.obey(Directives.NONE.with(new ClusterShare(List.of(new ClusterShare.View(0, 0)))));
        long last = 0;
        for (int i = 0; i < 10_000; i++) {
            last = destination.admit().retryIn().toMillis();
        }
        assertThat(last).isBetween(8_000L, 12_000L);
        destination.destination.obey(Directives.NONE.with(oneOf(3)));
        assertThat(admitted(destination)).isPositive();
        assertThat(destination.admit().retryIn().toMillis()).isLessThan(100);
    }

    @Test
    void a_rate_may_be_set_where_there_was_none_and_taken_away() {
        Tried destination = destination();
        destination.destination.obey(set(null, 1, false));
        assertThat(destination.admit()).isNull();
        assertThat(reason(destination)).isEqualTo(Reason.RATE_LIMITED);
        destination.destination.obey(Directives.NONE);
        for (int i = 0; i < 10; i++) {
            assertThat(destination.admit()).isNull();
        }
    }

    @Test
    void what_is_set_again_does_not_begin_another_second() {
        Tried destination = destination();
        destination.destination.obey(set(null, 1, false));
        assertThat(destination.admit()).isNull();
        destination.destination.obey(set(5, 1, false));
        assertThat(reason(destination)).isEqualTo(Reason.RATE_LIMITED);
    }

    @Test
    void a_paused_one_begins_nothing_and_what_is_under_way_ends() {
        Tried destination = destination();
        assertThat(destination.admit()).isNull();
        destination.destination.obey(set(null, null, true));
        Deferred deferred = destination.admit();
        assertThat(deferred.reason()).isEqualTo(Reason.PAUSED);
        assertThat(deferred.retryIn()).isBetween(java.time.Duration.ofSeconds(5), java.time.Duration.ofSeconds(6));
        assertThat(destination.room()).isZero();
        destination.release(Verdict.WELL, MILLISECOND);
        destination.destination.obey(Directives.NONE);
        assertThat(destination.admit()).isNull();
    }

    @Test
    void one_that_is_made_later_holds_what_was_set_before() {
        Destinations destinations = destinations(limits, Map.of(), 10);
        destinations.obey(set(1, null, false).byName().values());
        assertThat(capacity(destinations, "https://example.com/")).isEqualTo(1);
        assertThat(destinations.obey(set(1, null, true).byName().values())).isEmpty();
        assertThat(capacity(destinations, "https://example.com/")).isZero();
        assertThat(destinations.obey(List.of())).hasSize(1);
    }

    @Test
    void whom_the_rate_turns_away_holds_nothing() {
        limits.callsPerSecond = 1;
        limits.maxConcurrentCalls = 2;
        Tried destination = destination();
        assertThat(destination.admit()).isNull();
        for (int i = 0; i < 10; i++) {
            assertThat(reason(destination)).isEqualTo(Reason.RATE_LIMITED);
        }
    }

    @Test
    void a_few_timers_that_fail_make_all_their_attempts() {
        Tried destination = destination();
        call(destination, Verdict.FAILED, 99);
        assertThat(destination.admit()).isNull();
        assertThat(destination.open()).isFalse();
    }

    @Test
    void a_destination_that_mostly_fails_is_left_alone() {
        limits.breaker.openFor = Duration.minutes(1);
        Tried destination = destination();
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
    void a_destination_that_fails_now_and_then_is_not() {
        Tried destination = destination();
        for (int i = 0; i < 100; i++) {
            call(destination, Verdict.WELL, 1);
            call(destination, Verdict.FAILED, 8);
        }
        assertThat(destination.open()).isFalse();
    }

    @Test
    void it_is_tried_again_by_a_few_and_opened_to_all_once_they_pass() {
        limits.breaker.openFor = Duration.milliseconds(50);
        limits.breaker.trialCalls = 3;
        Tried destination = destination();
        call(destination, Verdict.FAILED, 100);
        pass(51);
        assertThat(destination.admit()).isNull();
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
    void trials_that_fail_close_it_again() {
        limits.breaker.openFor = Duration.milliseconds(50);
        limits.breaker.trialCalls = 1;
        Tried destination = destination();
        call(destination, Verdict.FAILED, 100);
        pass(51);
        assertThat(destination.admit()).isNull();
        destination.release(Verdict.FAILED, MILLISECOND);
        assertThat(reason(destination)).isEqualTo(Reason.BREAKER_OPEN);
    }

    @Test
    void each_trial_that_fails_leaves_it_alone_for_twice_as_long_up_to_a_limit() {
        limits.breaker.openFor = Duration.milliseconds(100);
        limits.breaker.longestOpenFor = Duration.milliseconds(400);
        limits.breaker.trialCalls = 1;
        Tried destination = destination();
        call(destination, Verdict.FAILED, 100);
        List<Long> waits = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            waits.add(destination.admit().retryIn().toMillis());
            pass(waits.get(i));
            assertThat(destination.admit()).isNull();
            destination.release(Verdict.FAILED, MILLISECOND);
        }
        assertThat(waits.get(0)).isBetween(100L, 110L);
        assertThat(waits.get(1)).isBetween(200L, 210L);
        assertThat(waits.get(2)).isBetween(400L, 410L);
        assertThat(waits.get(3)).isBetween(400L, 410L);
        pass(401);
        assertThat(destination.admit()).isNull();
        destination.release(Verdict.WELL, MILLISECOND);
        assertThat(destination.open()).isFalse();
        call(destination, Verdict.FAILED, 100);
        assertThat(destination.admit().retryIn().toMillis()).as("short again").isBetween(100L, 110L);
    }

    @Test
    void few_calls_are_under_way_while_it_is_tried() {
        limits.breaker.openFor = Duration.milliseconds(50);
        limits.breaker.concurrentTrialCalls = 2;
        Tried destination = destination();
        assertThat(destination.admit()).as("a call from before").isNull();
        call(destination, Verdict.FAILED, 100);
        pass(51);
        assertThat(destination.admit()).isNull();
        assertThat(reason(destination)).isEqualTo(Reason.BREAKER_OPEN);
        destination.release(Verdict.FAILED, MILLISECOND);
        assertThat(destination.admit()).isNull();
        assertThat(reason(destination)).isEqualTo(Reason.BREAKER_OPEN);
    }

    @Test
    void the_breaker_can_be_turned_off() {
        limits.breaker.enabled = false;
        Tried destination = destination();
        call(destination, Verdict.FAILED, 500);
        assertThat(destination.open()).isFalse();
        assertThat(destination.admit()).isNull();
    }

    @Test
    void nobody_waits_more_than_an_hour() {
        Slots slots = new Slots(() -> now);
        for (int i = 0; i < 100; i++) {
            java.time.Duration wait = slots.next(0, 600_000 * MILLISECOND);
            assertThat(wait).isBetween(java.time.Duration.ofMinutes(5), java.time.Duration.ofHours(1));
        }
        slots.clear();
        assertThat(slots.next(0, MILLISECOND)).isLessThan(java.time.Duration.ofSeconds(5));
    }

    @Test
    void limits_are_found_by_host_and_port_then_by_host() {
        Destinations destinations =
                destinations(calls(1), Map.of("API.example.com", calls(2), "api.example.com:8443", calls(3)), 10_000);
        assertThat(capacity(destinations, "https://other.example/")).isEqualTo(1);
        assertThat(capacity(destinations, "https://api.example.com/")).isEqualTo(2);
        assertThat(capacity(destinations, "http://api.example.com/")).isEqualTo(2);
        assertThat(capacity(destinations, "https://api.example.com:8443/")).isEqualTo(3);
        assertThat(capacity(destinations, "https://api.example.com.:443/x")).isZero();
        assertThat(capacity(destinations, "https://[::1]/")).isEqualTo(1);
        assertThat(destinations
                        .of(DestinationName.of(HttpUrl.get("https://[::1]/")))
                        .name())
                .hasToString("[::1]:443");
        assertThat(destinations.count()).isEqualTo(5);
    }

    @Test
    void only_so_many_are_remembered() {
        Destinations destinations = destinations(limits, Map.of(), 10);
        for (int i = 0; i < 1_000; i++) {
            destinations.of(DestinationName.of(HttpUrl.get("https://host-" + i + ".example/")));
        }
        assertThat(destinations.count()).isLessThanOrEqualTo(11);
    }

    private Destinations destinations(
            DestinationLimits defaults, Map<String, DestinationLimits> named, int remembered) {
        Destinations.Settings settings = new Destinations.Settings(
                defaults, named, remembered, java.time.Duration.ofSeconds(4), java.time.Duration.ofMinutes(5));
        Threads threads = new Threads(100_000);
        return new Destinations(settings, threads, client, new HeldLanes(threads), null);
    }

    private static DestinationLimits calls(int most) {
        DestinationLimits limits = new DestinationLimits();
        limits.maxConcurrentCalls = most;
        return limits;
    }

    private static int capacity(Destinations destinations, String url) {
        Destination destination = destinations.of(DestinationName.of(HttpUrl.get(url)));
        int admitted = 0;
        while (destination.admit().place() != null) {
            admitted++;
        }
        return admitted;
    }

    @Test
    void who_asks_for_a_pause_is_left_alone_for_it_and_then_tried_by_a_few() {
        Tried destination = destination();
        for (int i = 0; i < 10; i++) {
            assertThat(destination.admit()).isNull();
        }
        destination.release(Verdict.FAILED, java.time.Duration.ofMillis(300), MILLISECOND);
        Deferred deferred = destination.admit();
        assertThat(deferred.reason()).isEqualTo(Reason.ASKED_TO_WAIT);
        assertThat(deferred.retryIn().toMillis()).isBetween(300L, 400L);
        assertThat(destination.room()).isZero();
        // What was under way before says nothing of the pause.
        for (int i = 0; i < 9; i++) {
            destination.release(Verdict.WELL, MILLISECOND);
        }
        assertThat(reason(destination)).isEqualTo(Reason.ASKED_TO_WAIT);
        pass(300);
        assertThat(destination.admit()).isNull();
        int first = 1;
        while (destination.admit() == null) {
            first++;
        }
        assertThat(first).isEqualTo(4);
        destination.release(Verdict.WELL, MILLISECOND);
        for (int i = 0; i < 50; i++) {
            assertThat(destination.admit()).isNull();
        }
    }

    @Test
    void room_is_what_could_begin() {
        limits.maxConcurrentCalls = 10;
        limits.breaker.openFor = Duration.minutes(1);
        limits.breaker.minimumCalls = 20;
        Tried destination = destination();
        assertThat(destination.room()).isBetween(10, 20);
        for (int i = 0; i < 10; i++) {
            destination.admit();
        }
        assertThat(destination.room()).isLessThanOrEqualTo(10);
        pass(1_000);
        assertThat(destination.room()).isZero();
        for (int i = 0; i < 10; i++) {
            destination.release(Verdict.FAILED, MILLISECOND);
        }
        assertThat(destination.room()).isGreaterThanOrEqualTo(10);
        call(destination, Verdict.FAILED, 10);
        assertThat(destination.open()).isTrue();
        assertThat(destination.room()).isZero();
    }
}
