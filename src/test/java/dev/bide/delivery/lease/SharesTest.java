package dev.bide.delivery.lease;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bide.testing.Seed;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class SharesTest {
    private static final int LIMIT = 50;

    private long now = 3;
    private String name = "a";

    private void pass(long millis) {
        now += TimeUnit.MILLISECONDS.toNanos(millis);
    }

    private Shares node() {
        return new Shares(() -> now);
    }

    private int part(Shares node, String... members) {
        return node.look(name, List.of(members)).of(LIMIT, 0);
    }

    @Test
    void one_alone_has_all_at_once() {
        name = "a";
        Shares node = node();
        assertThat(node.look(name, List.of()).of(LIMIT, 0)).isEqualTo(50);
        assertThat(part(node, "a")).isEqualTo(50);
    }

    @Test
    void less_is_so_at_once_and_more_after_a_while() {
        name = "a";
        Shares node = node();
        part(node, "a");
        assertThat(part(node, "a", "b")).isEqualTo(25);
        assertThat(part(node, "a")).isEqualTo(25);
        for (int i = 0; i < 5; i++) {
            pass(500);
            assertThat(part(node, "a")).isEqualTo(25);
        }
        pass(500);
        assertThat(part(node, "a")).isEqualTo(50);
    }

    @Test
    void one_that_joins_others_has_nothing_until_they_have_seen_it() {
        name = "b";
        Shares node = node();
        assertThat(part(node, "a", "b")).isZero();
        for (int i = 0; i < 5; i++) {
            pass(500);
            assertThat(part(node, "a", "b")).isZero();
        }
        pass(500);
        assertThat(part(node, "a", "b")).isEqualTo(25);
    }

    @Test
    void so_has_one_that_was_frozen_and_may_have_been_given_up() {
        name = "a";
        Shares node = node();
        part(node, "a");
        part(node, "a", "b");
        pass(10_000);
        assertThat(part(node, "a", "b")).isZero();
    }

    @Test
    void the_same_share_is_the_same_object() {
        name = "a";
        Shares node = node();
        ClusterShare share = node.look(name, List.of("a", "b"));
        pass(100);
        assertThat(node.look(name, List.of("a", "b"))).isSameAs(share);
    }

    /** Nodes come and go at random, each seen by each other up to 1.5 s later: what all of them hold never passes the limit. */
    @Test
    void whoever_comes_and_goes_the_parts_come_to_no_more_than_the_whole() {
        Random random = Seed.random();
        TreeMap<String, Shares> nodes = new TreeMap<>();
        List<List<String>> seen = new ArrayList<>();
        nodes.put("n0", node());
        int named = 0;
        int changedAt = 0;
        int most = 0;
        for (int tick = 0; tick < 20_000; tick++) {
            pass(100);
            if (tick - changedAt >= 15 && random.nextInt(20) == 0) {
                changedAt = tick;
                if (nodes.size() == 1 || nodes.size() < 5 && random.nextBoolean()) {
                    named++;
                    nodes.put("n" + named, node());
                } else {
                    nodes.remove(new ArrayList<>(nodes.keySet()).get(random.nextInt(nodes.size())));
                }
            }
            seen.add(List.copyOf(nodes.keySet()));
            for (int limit : new int[] {1, 2, 7, LIMIT}) {
                int sum = 0;
                for (String one : nodes.keySet()) {
                    List<String> view = seen.get(Math.max(0, seen.size() - 1 - random.nextInt(15)));
                    // Its own name stands in its first view of the others.
                    List<String> own = view.contains(one) ? view : seen.get(seen.size() - 1);
                    sum += nodes.get(one).look(one, own).of(limit, 3);
                }
                assertThat(sum).as("of %s at %s, %s", limit, tick, Seed.hint()).isLessThanOrEqualTo(limit);
                most = limit == LIMIT ? Math.max(most, sum) : most;
            }
        }
        assertThat(most).as("and is had in the end").isEqualTo(LIMIT);
    }
}
