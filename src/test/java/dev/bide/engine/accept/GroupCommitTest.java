package dev.bide.engine.accept;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.bide.engine.quartz.StorageException;
import dev.bide.workflow.Refusal;
import dev.bide.workflow.RefusedException;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class GroupCommitTest {

    @Test
    void writes_what_gathers_during_one_set_as_the_next() throws Exception {
        CountDownLatch first = new CountDownLatch(1);
        List<Integer> sizes = new CopyOnWriteArrayList<>();
        ExecutorService callers = Executors.newCachedThreadPool();
        try (GroupCommit<String, String> commit =
                new GroupCommit<>("test", set -> echo(set, sizes, first), item -> 1, 1, 100)) {
            Future<String> lone = callers.submit(() -> commit.add("lone").join());
            await().until(() -> sizes.size() == 1);
            List<Future<String>> others = IntStream.range(0, 20)
                    .mapToObj(i -> callers.submit(() -> commit.add("other " + i).join()))
                    .toList();
            await().until(() -> commit.depth() == 20);
            first.countDown();
            assertThat(lone.get()).isEqualTo("LONE");
            for (int i = 0; i < 20; i++) {
                assertThat(others.get(i).get()).isEqualTo("OTHER " + i);
            }
            assertThat(sizes).containsExactly(1, 20);
        }
        callers.shutdown();
    }

    @Test
    void refuses_one_more_than_may_wait() throws Exception {
        CountDownLatch blocked = new CountDownLatch(1);
        List<Integer> sizes = new CopyOnWriteArrayList<>();
        ExecutorService callers = Executors.newCachedThreadPool();
        try (GroupCommit<String, String> commit =
                new GroupCommit<>("test", set -> echo(set, sizes, blocked), item -> 1, 1, 2)) {
            callers.submit(() -> commit.add("under way").join());
            await().until(() -> sizes.size() == 1);
            callers.submit(() -> commit.add("waits").join());
            callers.submit(() -> commit.add("waits").join());
            await().until(() -> commit.depth() == 2);
            assertThatThrownBy(() -> commit.add("too many").join())
                    .cause()
                    .isInstanceOfSatisfying(
                            RefusedException.class,
                            e -> assertThat(e.refusal().reason()).isEqualTo(Refusal.Reason.BUSY));
            blocked.countDown();
        }
        callers.shutdown();
    }

    @Test
    void spares_the_others_of_a_set_with_a_bad_item() throws Exception {
        CountDownLatch open = new CountDownLatch(0);
        List<Integer> sizes = new CopyOnWriteArrayList<>();
        ExecutorService callers = Executors.newCachedThreadPool();
        try (GroupCommit<String, String> commit =
                new GroupCommit<>("test", set -> echo(set, sizes, open), item -> 1, 1, 100)) {
            List<Future<String>> results = List.of("a", "bad", "b").stream()
                    .map(item -> callers.submit(() -> commit.add(item).join()))
                    .toList();
            assertThat(results.get(0).get()).isEqualTo("A");
            assertThatThrownBy(() -> results.get(1).get()).hasRootCauseMessage("bad item");
            assertThat(results.get(2).get()).isEqualTo("B");
        }
        callers.shutdown();
    }

    @Test
    void tells_all_of_a_set_when_the_database_is_away() {
        try (GroupCommit<String, String> commit = new GroupCommit<>(
                "test",
                set -> {
                    throw new StorageException(new SQLException("connection refused", "08001"));
                },
                item -> 1,
                1,
                100)) {
            assertThatThrownBy(() -> commit.add("a").join()).cause().isInstanceOf(StorageException.class);
        }
    }

    @Test
    void tells_all_that_waits_when_the_database_is_away() {
        AtomicInteger writes = new AtomicInteger();
        CountDownLatch hung = new CountDownLatch(1);
        try (GroupCommit<Integer, Integer> commit =
                new GroupCommit<>("test", set -> hang(writes, hung), item -> 1, 1, 1_000)) {
            CompletableFuture<Integer> first = commit.add(0);
            await().until(() -> writes.get() == 1);
            List<CompletableFuture<Integer>> others =
                    IntStream.rangeClosed(1, 600).mapToObj(commit::add).toList();
            hung.countDown();
            for (CompletableFuture<Integer> one : others) {
                assertThatThrownBy(one::join).cause().isInstanceOf(StorageException.class);
            }
            assertThat(first).isCompletedExceptionally();
            assertThat(writes).as("more than two sets wait, and none is tried").hasValue(1);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"53100", "53200", "25006", "57014", "58030"})
    void does_not_try_one_by_one_what_no_item_is_to_blame_for(String state) {
        AtomicInteger writes = new AtomicInteger();
        CountDownLatch first = new CountDownLatch(1);
        try (GroupCommit<Integer, Integer> commit =
                new GroupCommit<>("test", set -> failAfterTheFirst(set, state, writes, first), item -> 1, 1, 1_000)) {
            CompletableFuture<Integer> lone = commit.add(0);
            await().until(() -> writes.get() == 1);
            List<CompletableFuture<Integer>> others =
                    IntStream.rangeClosed(1, 200).mapToObj(commit::add).toList();
            first.countDown();
            assertThat(lone.join()).isZero();
            for (CompletableFuture<Integer> one : others) {
                assertThatThrownBy(one::join).cause().isInstanceOf(StorageException.class);
            }
            assertThat(writes).as("one for the first, one for the 200").hasValue(2);
        }
    }

    /** Either way of finding out that an item needs a lock that others have. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void a_lock_holds_up_only_the_item_that_needs_it(boolean told) {
        AtomicBoolean held = new AtomicBoolean(true);
        AtomicInteger writes = new AtomicInteger();
        List<Integer> written = new CopyOnWriteArrayList<>();
        CountDownLatch first = new CountDownLatch(1);
        try (GroupCommit<Integer, Integer> commit = new GroupCommit<>(
                "test",
                set -> {
                    if (writes.incrementAndGet() == 1) {
                        pass(first);
                    }
                    boolean locked = held.get();
                    if (locked && !told && set.contains(13)) {
                        throw new StorageException(new SQLException("held", "55P03"));
                    }
                    List<Integer> results = new ArrayList<>(set);
                    if (locked) {
                        results.replaceAll(item -> item == 13 ? null : item);
                    }
                    results.stream().filter(Objects::nonNull).forEach(written::add);
                    return results;
                },
                item -> 1,
                1,
                1_000)) {
            commit.add(0);
            await().until(() -> writes.get() == 1);
            List<CompletableFuture<Integer>> others =
                    IntStream.rangeClosed(1, 200).mapToObj(commit::add).toList();
            first.countDown();
            for (int i = 1; i <= 200; i++) {
                if (i != 13) {
                    assertThat(others.get(i - 1).join()).isEqualTo(i);
                }
            }
            assertThat(others.get(12)).isNotDone();
            held.set(false);
            assertThat(others.get(12).join()).isEqualTo(13);
        }
        assertThat(written).hasSize(201).doesNotHaveDuplicates();
    }

    @Test
    void a_lock_that_all_need_is_not_waited_for_item_by_item() {
        AtomicInteger writes = new AtomicInteger();
        CountDownLatch first = new CountDownLatch(1);
        try (GroupCommit<Integer, Integer> commit =
                new GroupCommit<>("test", set -> failAfterTheFirst(set, "55P03", writes, first), item -> 1, 1, 1_000)) {
            CompletableFuture<Integer> lone = commit.add(0);
            await().until(() -> writes.get() == 1);
            List<CompletableFuture<Integer>> others =
                    IntStream.rangeClosed(1, 200).mapToObj(commit::add).toList();
            first.countDown();
            assertThat(lone.join()).isZero();
            for (CompletableFuture<Integer> one : others) {
                assertThatThrownBy(one::join).cause().isInstanceOf(StorageException.class);
            }
            assertThat(writes).as("399 by halves").hasValueLessThan(200);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"40001", "40P01"})
    void tries_a_set_that_met_another_transaction_once_more(String state) {
        AtomicInteger writes = new AtomicInteger();
        try (GroupCommit<Integer, Integer> commit = new GroupCommit<>(
                "test",
                set -> {
                    if (writes.incrementAndGet() == 1) {
                        throw new StorageException(new SQLException("injected", state));
                    }
                    return set;
                },
                item -> 1,
                1,
                100)) {
            assertThat(commit.add(7).join()).isEqualTo(7);
            assertThat(writes).hasValue(2);
        }
    }

    @Test
    void tells_a_set_that_meets_others_again_and_again_to_come_back() {
        AtomicInteger writes = new AtomicInteger();
        try (GroupCommit<Integer, Integer> commit = new GroupCommit<>(
                "test",
                set -> {
                    writes.incrementAndGet();
                    throw new StorageException(new SQLException("injected", "40P01"));
                },
                item -> 1,
                1,
                100)) {
            assertThatThrownBy(() -> commit.add(7).join()).cause().isInstanceOf(StorageException.class);
            assertThat(writes).hasValue(2);
        }
    }

    @Test
    @Timeout(30)
    void answers_all_that_waits_when_it_is_closed_while_the_database_hangs() {
        CountDownLatch hung = new CountDownLatch(1);
        AtomicInteger writes = new AtomicInteger();
        GroupCommit<Integer, Integer> commit =
                new GroupCommit<>("test", set -> hang(writes, hung), item -> 1, 4, 1_000);
        IntStream.range(0, 4).forEach(i -> {
            commit.add(i);
            await().until(() -> writes.get() == i + 1);
        });
        CompletableFuture<Integer> waits = commit.add(9);
        long begun = System.nanoTime();
        commit.close();
        assertThat(System.nanoTime() - begun)
                .as("one grace for all writers, not one for each")
                .isLessThan(15_000_000_000L);
        assertThatThrownBy(waits::join).cause().isInstanceOf(RefusedException.class);
        hung.countDown();
    }

    private static List<Integer> failAfterTheFirst(
            List<Integer> set, String state, AtomicInteger writes, CountDownLatch first) {
        if (writes.incrementAndGet() == 1) {
            pass(first);
            return set;
        }
        throw new StorageException(new SQLException("injected", state));
    }

    private static void pass(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private static List<Integer> hang(AtomicInteger writes, CountDownLatch hung) {
        writes.incrementAndGet();
        try {
            hung.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
        throw new StorageException(new SQLException("no answer", "08006"));
    }

    @Test
    @Timeout(30)
    void nobody_waits_for_ever_for_one_that_is_closed() throws Exception {
        for (int round = 0; round < 30; round++) {
            GroupCommit<String, String> commit = new GroupCommit<>("test", set -> set, item -> 1, 1, 1_000_000);
            List<Thread> callers = IntStream.range(0, 8)
                    .mapToObj(i -> new Thread(() -> addUntilRefused(commit)))
                    .toList();
            callers.forEach(Thread::start);
            commit.close();
            for (Thread caller : callers) {
                caller.join();
            }
        }
    }

    private static void addUntilRefused(GroupCommit<String, String> commit) {
        try {
            while (true) {
                commit.add("one more").join();
            }
        } catch (CompletionException e) {
            assertThat(e.getCause()).isInstanceOfSatisfying(RefusedException.class, refused -> assertThat(
                            refused.refusal().reason())
                    .isEqualTo(Refusal.Reason.BUSY));
        }
    }

    private static List<String> echo(List<String> set, List<Integer> sizes, CountDownLatch latch) {
        sizes.add(set.size());
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
        if (set.contains("bad")) {
            throw new IllegalArgumentException("bad item");
        }
        return set.stream().map(item -> item.toUpperCase(java.util.Locale.ROOT)).toList();
    }
}
