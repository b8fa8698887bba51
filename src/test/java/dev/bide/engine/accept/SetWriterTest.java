package dev.bide.engine.accept;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.bide.engine.Acceptance;
import dev.bide.engine.quartz.StorageException;
import dev.bide.workflow.Refusal.Reason;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class SetWriterTest {
    private final List<Integer> stored = new ArrayList<>();

    @Test
    void a_bad_item_spoils_no_other_of_its_set() {
        SetWriter<Integer, Integer> writer = new SetWriter<>(set -> write(set, 15, "22P05"), item -> 1, 10);
        List<Acceptance<Integer>> results = writer.writeAll(numbers(30));
        assertThat(stored).hasSize(29).doesNotContain(15);
        assertThat(results).hasSize(30);
        assertThat(results.get(14)).isEqualTo(new Acceptance.Created<>(14));
        assertThat(results.get(16)).isEqualTo(new Acceptance.Created<>(16));
        assertThat(reason(results.get(15))).isEqualTo(Reason.FAULT);
    }

    @Test
    void a_set_ends_early_where_its_items_are_large() {
        List<Integer> sizes = new ArrayList<>();
        SetWriter<Integer, Integer> writer = new SetWriter<>(
                set -> {
                    sizes.add(set.size());
                    return created(set);
                },
                item -> GroupCommit.ENOUGH / 3,
                10);
        assertThat(writer.writeAll(numbers(10))).hasSize(10);
        assertThat(sizes).containsExactly(4, 4, 2);
    }

    @Test
    void what_was_not_stored_when_the_database_went_away_says_so() {
        SetWriter<Integer, Integer> writer = new SetWriter<>(set -> write(set, 15, "08006"), item -> 1, 10);
        List<Acceptance<Integer>> results = writer.writeAll(numbers(30));
        assertThat(stored).hasSize(10);
        assertThat(results.subList(0, 10)).allMatch(result -> result instanceof Acceptance.Created);
        assertThat(results.subList(10, 30))
                .allSatisfy(result -> assertThat(reason(result)).isEqualTo(Reason.AWAY));
    }

    @Test
    void does_not_halve_a_set_that_no_item_is_to_blame_for() {
        AtomicInteger writes = new AtomicInteger();
        SetWriter<Integer, Integer> writer = new SetWriter<>(
                set -> {
                    writes.incrementAndGet();
                    return write(set, 15, "53100");
                },
                item -> 1,
                10);
        assertThat(writer.writeAll(numbers(30)).subList(10, 30))
                .allSatisfy(result -> assertThat(reason(result)).isEqualTo(Reason.AWAY));
        assertThat(writes).hasValue(2);
    }

    @Test
    void a_lock_spares_those_that_do_not_need_it() {
        AtomicInteger writes = new AtomicInteger();
        SetWriter<Integer, Integer> writer = new SetWriter<>(
                set -> {
                    writes.incrementAndGet();
                    return write(set, 15, "55P03");
                },
                item -> 1,
                10);
        List<Acceptance<Integer>> results = writer.writeAll(numbers(30));
        assertThat(stored).hasSize(29).doesNotContain(15);
        assertThat(reason(results.get(15))).isEqualTo(Reason.AWAY);
        assertThat(writes.get()).isLessThan(30);
    }

    @Test
    void a_lock_that_all_need_is_not_waited_for_item_by_item() {
        AtomicInteger writes = new AtomicInteger();
        SetWriter<Integer, Integer> writer = new SetWriter<>(
                set -> {
                    writes.incrementAndGet();
                    return write(set, set.get(0), "55P03");
                },
                item -> 1,
                1_000);
        assertThatThrownBy(() -> writer.writeAll(numbers(1_000))).isInstanceOf(StorageException.class);
        assertThat(writes).hasValue(GroupCommit.MOST_LOCKED);
    }

    @Test
    void throws_where_nothing_was_stored() {
        SetWriter<Integer, Integer> writer = new SetWriter<>(set -> write(set, 5, "08006"), item -> 1, 10);
        assertThatThrownBy(() -> writer.writeAll(numbers(20))).isInstanceOf(StorageException.class);
    }

    private static Reason reason(Acceptance<Integer> result) {
        return ((Acceptance.Refused<Integer>) result).why().reason();
    }

    private static List<Acceptance<Integer>> created(List<Integer> set) {
        return set.stream().<Acceptance<Integer>>map(Acceptance.Created::new).toList();
    }

    private List<Acceptance<Integer>> write(List<Integer> set, int bad, String state) {
        if (set.contains(bad)) {
            throw new StorageException(new SQLException("bad", state));
        }
        stored.addAll(set);
        return created(set);
    }

    private static List<Integer> numbers(int count) {
        return IntStream.range(0, count).boxed().toList();
    }
}
