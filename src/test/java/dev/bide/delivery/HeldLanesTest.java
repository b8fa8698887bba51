package dev.bide.delivery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.dropwizard.util.Duration;
import java.util.ArrayList;
import java.util.List;
import okhttp3.HttpUrl;
import okhttp3.OkHttpClient;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class HeldLanesTest {

    private final DeliveryConfiguration configuration = new DeliveryConfiguration();
    private final Threads threads = new Threads(512);
    private final HeldLanes lanes = new HeldLanes(threads);
    private Destinations destinations;

    @BeforeEach
    void start() {
        configuration.defaultDestination.maxConcurrentCalls = 10;
        configuration.defaultDestination.breaker.openFor = Duration.minutes(1);
        destinations = new Destinations(configuration, threads, new OkHttpClient());
        lanes.rooms();
    }

    private Destination destination(String host) {
        return destinations.of(HttpUrl.get("http://" + host + "/"));
    }

    /** One that answers at once. */
    private Destination good(String host) {
        Destination destination = destination(host);
        destination.release(destination.admit().place(), Destination.Verdict.WELL, true, null, 1_000_000);
        return destination;
    }

    private boolean hold(Destination destination) {
        return lanes.hold(destination, java.time.Duration.ZERO);
    }

    private Integer room(Destination destination) {
        return lanes.rooms().get(destination.name().lane());
    }

    @Test
    void aLaneIsThatOfTheHostAndPort() {
        int lane = HeldLanes.lane("https://API.example.com/a?b#c");
        assertThat(HeldLanes.lane("https://api.example.com:443/other")).isEqualTo(lane);
        assertThat(HeldLanes.lane("https://api.example.com.:443/")).isEqualTo(lane);
        assertThat(HeldLanes.lane("http://api.example.com/")).isNotEqualTo(lane);
        assertThat(HeldLanes.lane("https://api.example.com:8443/")).isNotEqualTo(lane);
        assertThat(lane).as("it is stored").isEqualTo(307_674_241);
        assertThat(HeldLanes.lane("nonsense")).isEqualTo(HeldLanes.NONE);
    }

    @Test
    void nothingIsHeldWhereNobodyAsks() {
        assertThat(new HeldLanes(threads).hold(good("a.example"), java.time.Duration.ZERO))
                .isFalse();
    }

    @Test
    void whatIsTakenCountsUntilItBegins() {
        Destination destination = good("a.example");
        assertThat(lanes.rooms()).isEmpty();
        assertThat(hold(destination)).isTrue();
        assertThat(room(destination)).isGreaterThanOrEqualTo(10);
        assertThat(room(destination)).as("to ask reserves nothing").isGreaterThanOrEqualTo(10);
        for (int i = 0; i < 30; i++) {
            lanes.taken("t" + i, "http://A.example:80/" + i);
            lanes.taken("t" + i, "http://a.example/" + i);
            lanes.taken("o" + i, "http://other.example/");
        }
        assertThat(room(destination)).isZero();
        for (int i = 0; i < 24; i++) {
            lanes.begun("t" + i);
            lanes.begun("t" + i);
        }
        // Ten places, and perhaps some more that are free soon.
        assertThat(room(destination)).isBetween(4, 20);
    }

    @Test
    void oneThatIsFullHasNoRoomUntilACallEnds() {
        Destination destination = good("a.example");
        List<Threads.Place> places = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            places.add(destination.admit().place());
        }
        hold(destination);
        await().until(() -> room(destination) == 0);
        places.forEach(place -> destination.release(place, Destination.Verdict.WELL, true, null, 1_000_000));
        assertThat(room(destination)).isPositive();
    }

    @Test
    void oneWithoutRoomIsHeldUntilItHasSomeAndItsLaneIsEmpty() {
        Destination destination = good("a.example");
        for (int i = 0; i < 110; i++) {
            Threads.Place place = destination.admit().place();
            if (place != null) {
                destination.release(place, Destination.Verdict.FAILED, false, null, 1_000_000);
            }
        }
        assertThat(destination.open()).isTrue();
        hold(destination);
        assertThat(room(destination)).isZero();
        lanes.emptied(destination.name().lane());
        assertThat(lanes.rooms()).isEmpty();
    }

    @Test
    void theThreadsThatAreLeftAreGivenOutOnceAndToTheNewestFirst() {
        List<Destination> fresh = new ArrayList<>();
        for (int i = 0; i < 300; i++) {
            Destination destination = destination("h" + i + ".example");
            fresh.add(destination);
            hold(destination);
        }
        var rooms = lanes.rooms();
        assertThat(rooms).hasSize(300);
        assertThat(rooms.values().stream().mapToInt(Integer::intValue).sum()).isBetween(1, 64);
        assertThat(rooms.get(fresh.get(299).name().lane())).isPositive();
        assertThat(rooms.get(fresh.get(0).name().lane())).isZero();
        rooms.forEach((lane, room) -> fresh.stream()
                .filter(destination -> destination.name().lane() == lane)
                .forEach(destination -> {
                    for (int i = 0; i < room; i++) {
                        lanes.taken(destination.name() + "/" + i, "http://" + destination.name() + "/");
                    }
                }));
        assertThat(lanes.rooms().values()).as("all is taken").containsOnly(0);
    }

    @Test
    void onlySoManyAreHeld() {
        for (int i = 0; i < 1_000; i++) {
            assertThat(hold(destination("h" + i + ".example"))).isTrue();
        }
        assertThat(hold(destination("other.example"))).isFalse();
        assertThat(hold(destination("h3.example"))).isTrue();
    }

    @Test
    void oneThatIsToBeLeftAloneHasNoRoomForAMoment() {
        Destination destination = good("a.example");
        lanes.hold(destination, java.time.Duration.ofDays(1));
        assertThat(room(destination)).isZero();
        await().atMost(java.time.Duration.ofSeconds(10)).until(() -> room(destination) > 0);
    }

    @Test
    void whatWasForgottenCountsNoMore() {
        Destination full = good("a.example");
        for (int i = 0; i < 10; i++) {
            full.admit();
        }
        hold(full);
        await().until(() -> room(full) == 0);
        Destination again =
                new Destinations(configuration, threads, new OkHttpClient()).of(HttpUrl.get("http://a.example/"));
        hold(again);
        assertThat(room(again)).isPositive();
    }

    @Test
    void halfOpenItHasRoomForTheTrialsThatAreLeft() {
        DestinationLimits.Breaker settings = new DestinationLimits.Breaker();
        settings.openFor = Duration.milliseconds(1);
        settings.longestOpenFor = Duration.milliseconds(1);
        settings.window = 3;
        // With fewer than the trials its trial would be over before them.
        settings.minimumCalls = 3;
        settings.trialCalls = 3;
        settings.concurrentTrialCalls = 2;
        DestinationBreaker breaker = new DestinationBreaker("a", settings, () -> {});
        for (int i = 0; i < 3; i++) {
            assertThat(breaker.admit(1)).isTrue();
            breaker.ended(Destination.Verdict.FAILED, 1);
        }
        await().until(() -> breaker.admit(1));
        assertThat(breaker.room(1)).isOne();
        breaker.ended(Destination.Verdict.WELL, 1);
        assertThat(breaker.room(0)).isEqualTo(2);
        assertThat(breaker.admit(1)).isTrue();
        breaker.ended(Destination.Verdict.WELL, 1);
        assertThat(breaker.room(0)).isOne();
        assertThat(breaker.admit(1)).isTrue();
        assertThat(breaker.room(1)).isZero();
        assertThat(breaker.admit(2)).as("so it is").isFalse();
        breaker.giveBack();
        assertThat(breaker.room(0)).isOne();
        assertThat(breaker.admit(1)).isTrue();
    }
}
