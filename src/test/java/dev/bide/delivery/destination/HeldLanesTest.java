package dev.bide.delivery.destination;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.bide.delivery.address.DestinationName;
import io.dropwizard.util.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.zip.CRC32;
import okhttp3.HttpUrl;
import okhttp3.OkHttpClient;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class HeldLanesTest {

    private final DestinationLimits limits = new DestinationLimits();
    private final Destinations.Settings settings = new Destinations.Settings(
            limits, Map.of(), 10_000, java.time.Duration.ofSeconds(4), java.time.Duration.ofMinutes(5));
    private final Threads threads = new Threads(512);
    private final HeldLanes lanes = new HeldLanes(threads);
    private Destinations destinations;

    @BeforeEach
    void start() {
        limits.maxConcurrentCalls = 10;
        limits.breaker.openFor = Duration.minutes(1);
        destinations = new Destinations(settings, threads, new OkHttpClient(), lanes, null);
        lanes.rooms();
    }

    private Destination destination(String host) {
        return destinations.of(DestinationName.of(HttpUrl.get("http://" + host + "/")));
    }

    /** One that answers at once. */
    private Destination good(String host) {
        Destination destination = destination(host);
        destination.release(destination.admit().place(), Verdict.WELL, true, null, 1_000_000);
        return destination;
    }

    private boolean hold(Destination destination) {
        return lanes.hold(destination, java.time.Duration.ZERO);
    }

    private Integer room(Destination destination) {
        return lanes.rooms().get(lanes.lane(destination.name()));
    }

    @Test
    void a_lane_is_that_of_the_host_and_port() {
        int lane = lanes.lane("https://API.example.com/a?b#c");
        assertThat(lanes.lane("https://api.example.com:443/other")).isEqualTo(lane);
        assertThat(lanes.lane("https://api.example.com.:443/")).isEqualTo(lane);
        assertThat(lanes.lane("http://api.example.com/")).isNotEqualTo(lane);
        assertThat(lanes.lane("https://api.example.com:8443/")).isNotEqualTo(lane);
        assertThat(lanes.lane("nonsense")).isEqualTo(HeldLanes.NONE);
    }

    @Test
    void all_nodes_of_a_cluster_number_lanes_alike_and_nobody_else_can() {
        String url = "https://api.example.com/";
        HeldLanes another = new HeldLanes(threads);
        assertThat(another.lane(url)).isNotEqualTo(lanes.lane(url));
        byte[] secret = new byte[32];
        lanes.useSecret(secret);
        another.useSecret(secret);
        assertThat(another.lane(url)).isEqualTo(lanes.lane(url));
        assertThat(lanes.lane(url)).as("it is stored").isEqualTo(342_411_685);
        CRC32 sum = new CRC32();
        sum.update("api.example.com:443".getBytes(UTF_8));
        assertThat(lanes.lane(url)).as("what anybody can compute").isNotEqualTo((int) sum.getValue());
    }

    /** One of the two asks to be left alone. */
    @Test
    void a_lane_of_two_destinations_is_not_held() {
        List<String> hosts = ofOneLane();
        Destination asking = good(hosts.get(0));
        assertThat(lanes.hold(asking, java.time.Duration.ofDays(1))).isTrue();
        assertThat(room(asking)).isZero();
        Destination other = good(hosts.get(1));
        assertThat(lanes.rooms()).as("it would stop the other").isEmpty();
        assertThat(hold(asking)).isFalse();
        assertThat(hold(other)).isFalse();
        lanes.forgotten(other.name());
        assertThat(hold(asking)).isTrue();
    }

    /** Of some hundred thousand hosts some have one lane, whatever the secret. */
    private List<String> ofOneLane() {
        Map<Integer, String> seen = new HashMap<>();
        for (int i = 0; ; i++) {
            String host = "h" + i + ".example";
            String before = seen.put(lanes.lane(new DestinationName(host, 80)), host);
            if (before != null) {
                return List.of(before, host);
            }
        }
    }

    @Test
    void nothing_is_held_where_nobody_asks() {
        assertThat(new HeldLanes(threads).hold(good("a.example"), java.time.Duration.ZERO))
                .isFalse();
    }

    @Test
    void what_is_taken_counts_until_it_begins() {
        Destination destination = good("a.example");
        assertThat(lanes.rooms()).isEmpty();
        assertThat(hold(destination)).isTrue();
        assertThat(room(destination)).isGreaterThanOrEqualTo(10);
        assertThat(room(destination)).as("to ask reserves nothing").isGreaterThanOrEqualTo(10);
        List<HeldLanes.Coming> coming = new ArrayList<>();
        for (int i = 0; i < 30; i++) {
            coming.add(lanes.taken((i % 2 == 0 ? "http://A.example:80/" : "http://a.example/") + i));
            assertThat(lanes.taken("http://other.example/")).isNull();
        }
        assertThat(room(destination)).isZero();
        for (HeldLanes.Coming begins : coming.subList(0, 24)) {
            begins.begun();
            begins.begun();
        }
        // Ten places, and perhaps some more that are free soon.
        assertThat(room(destination)).isBetween(4, 20);
    }

    @Test
    void one_that_is_full_has_no_room_until_a_call_ends() {
        Destination destination = good("a.example");
        List<Threads.Place> places = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            places.add(destination.admit().place());
        }
        hold(destination);
        await().until(() -> room(destination) == 0);
        places.forEach(place -> destination.release(place, Verdict.WELL, true, null, 1_000_000));
        assertThat(room(destination)).isPositive();
    }

    @Test
    void one_without_room_is_held_until_it_has_some_and_its_lane_is_empty() {
        Destination destination = good("a.example");
        for (int i = 0; i < 110; i++) {
            Threads.Place place = destination.admit().place();
            if (place != null) {
                destination.release(place, Verdict.FAILED, false, null, 1_000_000);
            }
        }
        assertThat(destination.open()).isTrue();
        hold(destination);
        assertThat(room(destination)).isZero();
        lanes.emptied(lanes.lane(destination.name()));
        assertThat(lanes.rooms()).isEmpty();
    }

    @Test
    void the_threads_that_are_left_are_given_out_once_and_to_the_newest_first() {
        List<Destination> fresh = new ArrayList<>();
        for (int i = 0; i < 300; i++) {
            Destination destination = destination("h" + i + ".example");
            fresh.add(destination);
            hold(destination);
        }
        var rooms = lanes.rooms();
        assertThat(rooms).hasSize(300);
        assertThat(rooms.values().stream().mapToInt(Integer::intValue).sum()).isBetween(1, 64);
        assertThat(rooms.get(lanes.lane(fresh.get(299).name()))).isPositive();
        assertThat(rooms.get(lanes.lane(fresh.get(0).name()))).isZero();
        rooms.forEach((lane, room) -> fresh.stream()
                .filter(destination -> lanes.lane(destination.name()) == lane)
                .forEach(destination -> {
                    for (int i = 0; i < room; i++) {
                        lanes.taken("http://" + destination.name() + "/");
                    }
                }));
        assertThat(lanes.rooms().values()).as("all is taken").containsOnly(0);
    }

    @Test
    void a_paused_destination_is_held_without_room_though_nobody_has_called_it() {
        DestinationName name = new DestinationName("paused.example", 443);
        lanes.obey(Set.of(name), List.of());
        assertThat(lanes.rooms()).isEqualTo(Map.of(lanes.lane(name), 0));
        assertThat(lanes.size()).isOne();
        lanes.emptied(lanes.lane(name));
        assertThat(lanes.rooms()).containsOnlyKeys(lanes.lane(name));
        lanes.obey(Set.of(), List.of());
        assertThat(lanes.rooms()).isEmpty();
    }

    @Test
    void one_that_was_held_before_it_was_paused_is_held_with_room_after() {
        Destination destination = good("a.example");
        hold(destination);
        assertThat(room(destination)).isPositive();
        lanes.obey(Set.of(destination.name()), List.of());
        assertThat(room(destination)).isZero();
        assertThat(hold(destination)).as("what is put off keeps its place").isTrue();
        assertThat(lanes.size()).isOne();
        lanes.obey(Set.of(), List.of());
        assertThat(room(destination)).isPositive();
    }

    /** Else as much would be taken at once as there is, and put off again. */
    @Test
    void one_that_is_resumed_is_held_with_the_room_it_has_until_its_lane_is_empty() {
        Destination destination = good("a.example");
        lanes.obey(Set.of(destination.name()), List.of());
        lanes.obey(Set.of(), List.of(destination));
        assertThat(room(destination)).isGreaterThanOrEqualTo(10);
        lanes.emptied(lanes.lane(destination.name()));
        assertThat(lanes.rooms()).isEmpty();
    }

    @Test
    void a_paused_lane_that_another_destination_has_too_is_not_held() {
        List<String> hosts = ofOneLane();
        DestinationName name = new DestinationName(hosts.get(0), 80);
        lanes.obey(Set.of(name), List.of());
        assertThat(lanes.rooms()).hasSize(1);
        Destination other = good(hosts.get(1));
        assertThat(lanes.rooms()).as("it would stop the other").isEmpty();
        assertThat(hold(destination(hosts.get(0)))).isFalse();
        lanes.forgotten(other.name());
        assertThat(lanes.rooms()).hasSize(1);
    }

    @Test
    void those_that_are_paused_count_for_themselves() {
        Set<DestinationName> paused = new HashSet<>();
        for (int i = 0; i < 500; i++) {
            paused.add(new DestinationName("p" + i + ".example", 443));
        }
        lanes.obey(paused, List.of());
        for (int i = 0; i < 1_000; i++) {
            hold(destination("h" + i + ".example"));
        }
        assertThat(lanes.rooms()).hasSize(1_500);
        assertThat(lanes.size()).isEqualTo(1_500);
    }

    @Test
    void only_so_many_are_held() {
        for (int i = 0; i < 1_000; i++) {
            assertThat(hold(destination("h" + i + ".example"))).isTrue();
        }
        assertThat(hold(destination("other.example"))).isFalse();
        assertThat(hold(destination("h3.example"))).isTrue();
    }

    @Test
    void one_that_is_to_be_left_alone_has_no_room_for_a_moment() {
        Destination destination = good("a.example");
        lanes.hold(destination, java.time.Duration.ofDays(1));
        assertThat(room(destination)).isZero();
        await().atMost(java.time.Duration.ofSeconds(10)).until(() -> room(destination) > 0);
    }

    @Test
    void what_was_forgotten_counts_no_more() {
        Destination full = good("a.example");
        for (int i = 0; i < 10; i++) {
            full.admit();
        }
        hold(full);
        await().until(() -> room(full) == 0);
        Destination again = new Destinations(settings, threads, new OkHttpClient(), lanes, null)
                .of(DestinationName.of(HttpUrl.get("http://a.example/")));
        hold(again);
        assertThat(room(again)).isPositive();
    }

    /** It is told of no other share: whoever else calls there may have died. */
    @Test
    void the_lane_of_one_that_is_forgotten_is_held_no_more() {
        limits.callsPerSecond = 1;
        AtomicLong now = new AtomicLong();
        destinations = new Destinations(settings, threads, new OkHttpClient(), lanes, null, now::get);
        destinations.share("b", List.of("a", "b"));
        Destination idle = destination("a.example");
        assertThat(hold(idle)).isTrue();
        assertThat(room(idle)).as("it has just joined").isZero();
        now.addAndGet(java.time.Duration.ofMinutes(11).toNanos());
        destinations.share("b", List.of("b"));
        assertThat(lanes.rooms()).isEmpty();
        assertThat(hold(idle)).as("by who had it in hand").isFalse();
        assertThat(hold(destination("a.example"))).isTrue();
    }

    @Test
    void half_open_it_has_room_for_the_trials_that_are_left() {
        DestinationLimits.Breaker settings = new DestinationLimits.Breaker();
        settings.openFor = Duration.milliseconds(1);
        settings.longestOpenFor = Duration.milliseconds(1);
        settings.window = 3;
        // With fewer than the trials its trial would be over before them.
        settings.minimumCalls = 3;
        settings.trialCalls = 3;
        settings.concurrentTrialCalls = 2;
        AtomicLong now = new AtomicLong();
        DestinationBreaker breaker = new DestinationBreaker("a", settings, () -> {}, now::get);
        for (int i = 0; i < 3; i++) {
            assertThat(breaker.admit(1)).isTrue();
            breaker.ended(Verdict.FAILED, 1);
        }
        now.set(2_000_000);
        assertThat(breaker.admit(1)).isTrue();
        assertThat(breaker.room(1)).isOne();
        breaker.ended(Verdict.WELL, 1);
        assertThat(breaker.room(0)).isEqualTo(2);
        assertThat(breaker.admit(1)).isTrue();
        breaker.ended(Verdict.WELL, 1);
        assertThat(breaker.room(0)).isOne();
        assertThat(breaker.admit(1)).isTrue();
        assertThat(breaker.room(1)).isZero();
        assertThat(breaker.admit(2)).as("so it is").isFalse();
        breaker.giveBack();
        assertThat(breaker.room(0)).isOne();
        assertThat(breaker.admit(1)).isTrue();
    }
}
