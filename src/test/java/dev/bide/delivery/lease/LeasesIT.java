package dev.bide.delivery.lease;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.bide.delivery.address.DestinationName;
import dev.bide.testing.RedisExtension;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Nodes that lease of one destination from a Redis Cluster of six, without the rest of the engine. */
class LeasesIT {
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final DestinationName PARTY = new DestinationName("party.example", 443);
    private static final AtomicInteger CLUSTERS = new AtomicInteger();

    @RegisterExtension
    static final RedisExtension REDIS = RedisExtension.cluster();

    private final String cluster = "test-" + CLUSTERS.incrementAndGet();
    private final List<Node> nodes = new ArrayList<>();

    private final class Node {
        private final Leases leases = new Leases(REDIS.servers().url(), () -> cluster);
        private final AtomicInteger underWay = new AtomicInteger();
        private final Lease lease;

        Node(@Nullable Integer perSecond, @Nullable Integer most) {
            lease = leases.of(PARTY, () -> 0, underWay::get, () -> {});
            lease.limit(perSecond, most);
        }

        /** Whether a call begins. */
        boolean tries() {
            lease.need();
            return lease.holds() && lease.take();
        }
    }

    private void start(int count, @Nullable Integer perSecond, @Nullable Integer most) {
        List<String> names = Stream.of("a", "b", "c").limit(count).toList();
        for (String name : names) {
            Node node = new Node(perSecond, most);
            nodes.add(node);
            node.leases.members(name, names);
        }
        await().atMost(PATIENCE)
                .until(() -> nodes.stream().allMatch(node -> node.leases.up() && node.leases.pool(30, 0) == 30));
    }

    @AfterEach
    void stop() {
        nodes.forEach(node -> node.leases.close());
    }

    /** Of all that the nodes ask for as fast as they can. */
    private int begunIn(Duration time, List<Node> asking) {
        int begun = 0;
        long end = System.nanoTime() + time.toNanos();
        while (System.nanoTime() < end) {
            for (Node node : asking) {
                begun += node.tries() ? 1 : 0;
            }
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(2));
        }
        return begun;
    }

    @Test
    void whoever_needs_calls_has_all_that_are_allowed() {
        start(3, 50, null);
        List<Node> first = nodes.subList(0, 1);
        begunIn(Duration.ofSeconds(1), first);
        assertThat(begunIn(Duration.ofSeconds(4), first)).as("one of three").isBetween(120, 210);
        int all = begunIn(Duration.ofSeconds(4), nodes);
        assertThat(all).as("three of three").isBetween(120, 200 + 3 * 5 + 5);
    }

    @Test
    void one_call_a_second_goes_to_whoever_can_make_it() {
        start(3, 1, null);
        // Somebody asks, and never calls.
        Node idle = nodes.get(0);
        await().atMost(PATIENCE).until(() -> {
            idle.lease.need();
            return nodes.get(2).tries();
        });
        assertThat(begunIn(Duration.ofSeconds(5), nodes)).isBetween(2, 6);
    }

    @Test
    void places_go_to_whoever_has_calls_and_those_under_way_keep_theirs() {
        start(3, null, 2);
        Node first = nodes.get(0);
        Node second = nodes.get(1);
        await().atMost(PATIENCE).until(() -> {
            first.lease.need();
            first.underWay.set(first.lease.places());
            return first.lease.places() == 2;
        });
        second.lease.need();
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(1);
        while (System.nanoTime() < end) {
            second.lease.need();
            assertThat(second.lease.places()).isZero();
            assertThat(first.lease.places()).isEqualTo(2);
        }
        first.underWay.set(0);
        await().atMost(PATIENCE).until(() -> {
            second.lease.need();
            second.underWay.set(second.lease.places());
            return second.lease.places() == 2;
        });
    }

    @Test
    void one_that_goes_by_its_share_is_left_out_of_what_the_others_lease() throws Exception {
        start(3, 30, null);
        Node gone = nodes.remove(2);
        gone.leases.close();
        await().atMost(PATIENCE).until(() -> nodes.get(0).leases.pool(30, 0) == 20);
        assertThat(begunIn(Duration.ofSeconds(3), nodes)).isBetween(30, 60 + 3 * 3 + 3);
        nodes.forEach(node -> node.leases.members(node == nodes.get(0) ? "a" : "b", List.of("a", "b")));
        assertThat(nodes.get(0).leases.pool(30, 0)).isEqualTo(30);
    }

    @Test
    void a_master_that_is_killed_is_replaced_and_nobody_waits_meanwhile() throws Exception {
        start(2, 50, null);
        int master = REDIS.servers().masterOf("{" + PARTY + "}");
        begunIn(Duration.ofSeconds(1), nodes);
        REDIS.servers().kill(master);
        await().atMost(PATIENCE).until(() -> {
            nodes.forEach(Node::tries);
            return nodes.stream().noneMatch(node -> node.lease.holds());
        });
        await().atMost(PATIENCE).until(() -> {
            nodes.forEach(Node::tries);
            return nodes.stream().allMatch(node -> node.lease.holds())
                    && nodes.get(0).leases.pool(30, 0) == 30;
        });
        assertThat(begunIn(Duration.ofSeconds(3), nodes)).isBetween(90, 150 + 2 * 5 + 5);
        REDIS.servers().revive(master);
        REDIS.servers().awaitWhole();
    }

    @Test
    void one_that_is_frozen_is_given_up_and_trusted_again_once_it_answers() {
        start(2, 50, null);
        begunIn(Duration.ofSeconds(1), nodes);
        REDIS.servers().freezeAll();
        try {
            await().atMost(PATIENCE).until(() -> {
                nodes.forEach(Node::tries);
                return nodes.stream().noneMatch(node -> node.lease.holds() || node.leases.up());
            });
            assertThat(nodes.get(0).leases.figures().away()).isTrue();
            assertThat(begunIn(Duration.ofSeconds(1), nodes)).isZero();
        } finally {
            REDIS.servers().thawAll();
        }
        await().atMost(PATIENCE).until(() -> {
            nodes.forEach(Node::tries);
            return nodes.stream().allMatch(node -> node.lease.holds())
                    && nodes.get(0).leases.pool(30, 0) == 30;
        });
        assertThat(nodes.get(0).leases.figures().failed()).isPositive();
    }
}
