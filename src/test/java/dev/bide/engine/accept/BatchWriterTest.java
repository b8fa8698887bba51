package dev.bide.engine.accept;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.bide.engine.Acceptance;
import dev.bide.engine.quartz.StorageException;
import dev.bide.workflow.Refusal.Reason;
import dev.bide.workflow.RefusedException;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BatchWriterTest {
    private static final int BAD = 13;

    private final AtomicInteger writes = new AtomicInteger();
    private final List<Integer> sizes = new CopyOnWriteArrayList<>();
    private final List<Integer> stored = new CopyOnWriteArrayList<>();

    /** The first batch waits for it, so that what comes meanwhile is one batch, or several full ones. */
    private final CountDownLatch gate = new CountDownLatch(1);

    /** Of the first batch. */
    private CompletableFuture<Acceptance<Integer>> lone = new CompletableFuture<>();

    @Test
    void writes_what_gathers_during_one_batch_as_the_next() {
        try (BatchWriter<Integer, Integer> writer = writer(1, 100, behindTheGate(batch -> batch))) {
            List<CompletableFuture<Acceptance<Integer>>> others = addBehindTheGate(writer, 20);
            gate.countDown();
            for (int i = 1; i <= 20; i++) {
                assertThat(value(others.get(i - 1))).isEqualTo(i);
            }
            assertThat(value(lone)).isZero();
            assertThat(sizes).containsExactly(1, 20);
        }
    }

    @Test
    void refuses_one_more_than_may_wait() {
        try (BatchWriter<Integer, Integer> writer = writer(1, 2, behindTheGate(batch -> batch))) {
            addBehindTheGate(writer, 2);
            assertThatThrownBy(() -> writer.add(3).join())
                    .cause()
                    .isInstanceOfSatisfying(
                            RefusedException.class,
                            e -> assertThat(e.refusal().reason()).isEqualTo(Reason.BUSY));
            gate.countDown();
        }
    }

    @Test
    void spares_the_others_of_a_batch_with_a_bad_item() {
        try (BatchWriter<Integer, Integer> writer = writer(1, 1_000, behindTheGate(batch -> {
            if (batch.contains(BAD)) {
                throw new IllegalArgumentException("bad item");
            }
            return batch;
        }))) {
            List<CompletableFuture<Acceptance<Integer>>> others = addBehindTheGate(writer, 100);
            gate.countDown();
            for (int i = 1; i <= 100; i++) {
                if (i != BAD) {
                    assertThat(value(others.get(i - 1))).isEqualTo(i);
                }
            }
            assertThatThrownBy(() -> value(others.get(BAD - 1))).hasRootCauseMessage("bad item");
            assertThat(stored).hasSize(100).doesNotHaveDuplicates();
            assertThat(writes.get())
                    .as("by halves, not one by one: two at each of some seven levels")
                    .isLessThanOrEqualTo(2 + 2 * 7);
        }
    }

    @Test
    void tells_all_of_a_batch_and_all_that_waits_when_the_database_is_away() {
        try (BatchWriter<Integer, Integer> writer = writer(1, 1_000, behindTheGate(batch -> {
            throw failure("08006");
        }))) {
            CompletableFuture<Acceptance<Integer>> first = writer.add(0);
            await().until(() -> writes.get() == 1);
            List<CompletableFuture<Acceptance<Integer>>> others =
                    IntStream.rangeClosed(1, 600).mapToObj(writer::add).toList();
            gate.countDown();
            for (CompletableFuture<Acceptance<Integer>> one : others) {
                assertThatThrownBy(one::join).cause().isInstanceOf(StorageException.class);
            }
            assertThat(first).isCompletedExceptionally();
            assertThat(writes)
                    .as("more than two batches wait, and none is tried")
                    .hasValue(1);
        }
    }

    /** The first half of the batch that holds a bad item is stored by the time that the database goes. */
    @Test
    void answers_the_half_that_was_stored_before_the_database_went_away_and_tries_no_more_of_the_other() {
        AtomicBoolean away = new AtomicBoolean();
        try (BatchWriter<Integer, Integer> writer = writer(1, 1_000, behindTheGate(batch -> {
            if (batch.contains(0)) {
                return batch;
            }
            if (batch.size() > 50) {
                throw failure("22P05");
            }
            if (away.getAndSet(true)) {
                throw failure("08006");
            }
            return batch;
        }))) {
            List<CompletableFuture<Acceptance<Integer>>> others = addBehindTheGate(writer, 200);
            gate.countDown();
            for (int i = 1; i <= 50; i++) {
                assertThat(value(others.get(i - 1))).isEqualTo(i);
            }
            for (int i = 51; i <= 200; i++) {
                assertThatThrownBy(others.get(i - 1)::join).cause().isInstanceOf(StorageException.class);
            }
            assertThat(sizes).containsExactly(1, 200, 100, 50, 50);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"53100", "53200", "25006", "57014", "58030"})
    void does_not_halve_what_no_item_is_to_blame_for(String state) {
        try (BatchWriter<Integer, Integer> writer =
                writer(1, 1_000, behindTheGate(batch -> failAfterTheFirst(batch, state)))) {
            List<CompletableFuture<Acceptance<Integer>>> others = addBehindTheGate(writer, 200);
            gate.countDown();
            for (CompletableFuture<Acceptance<Integer>> one : others) {
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
        try (BatchWriter<Integer, Integer> writer = writer(1, 1_000, behindTheGate(batch -> {
            if (!held.get() || !batch.contains(BAD)) {
                return batch;
            }
            if (!told) {
                throw failure("55P03");
            }
            List<Integer> results = new ArrayList<>(batch);
            results.replaceAll(item -> item == BAD ? null : item);
            return results;
        }))) {
            List<CompletableFuture<Acceptance<Integer>>> others = addBehindTheGate(writer, 200);
            gate.countDown();
            for (int i = 1; i <= 200; i++) {
                if (i != BAD) {
                    assertThat(value(others.get(i - 1))).isEqualTo(i);
                }
            }
            assertThat(others.get(BAD - 1)).isNotDone();
            held.set(false);
            assertThat(value(others.get(BAD - 1))).isEqualTo(BAD);
        }
        assertThat(stored).hasSize(201).doesNotHaveDuplicates();
    }

    @Test
    void a_lock_that_all_need_is_not_waited_for_item_by_item() {
        try (BatchWriter<Integer, Integer> writer =
                writer(1, 1_000, behindTheGate(batch -> failAfterTheFirst(batch, "55P03")))) {
            List<CompletableFuture<Acceptance<Integer>>> others = addBehindTheGate(writer, 200);
            gate.countDown();
            for (CompletableFuture<Acceptance<Integer>> one : others) {
                assertThatThrownBy(one::join).cause().isInstanceOf(StorageException.class);
            }
            assertThat(writes).as("399 by halves").hasValueLessThan(200);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"40001", "40P01"})
    void tries_a_batch_that_met_another_transaction_once_more(String state) {
        try (BatchWriter<Integer, Integer> writer = writer(1, 100, batch -> {
            if (writes.get() == 1) {
                throw failure(state);
            }
            return batch;
        })) {
            assertThat(value(writer.add(7))).isEqualTo(7);
            assertThat(writes).hasValue(2);
        }
    }

    @Test
    void tells_a_batch_that_meets_others_again_and_again_to_come_back() {
        try (BatchWriter<Integer, Integer> writer = writer(1, 100, batch -> {
            throw failure("40P01");
        })) {
            assertThatThrownBy(() -> writer.add(7).join()).cause().isInstanceOf(StorageException.class);
            assertThat(writes).hasValue(2);
        }
    }

    @Test
    @Timeout(30)
    void answers_all_that_waits_when_it_is_closed_while_the_database_hangs() {
        BatchWriter<Integer, Integer> writer = writer(4, 1_000, batch -> {
            pass(gate);
            throw failure("08006");
        });
        IntStream.range(0, 4).forEach(i -> {
            writer.add(i);
            await().until(() -> writes.get() == i + 1);
        });
        CompletableFuture<Acceptance<Integer>> waits = writer.add(9);
        long begun = System.nanoTime();
        writer.close();
        assertThat(System.nanoTime() - begun)
                .as("one grace for all writers, not one for each")
                .isLessThan(15_000_000_000L);
        assertThatThrownBy(waits::join).cause().isInstanceOf(RefusedException.class);
        gate.countDown();
    }

    @Test
    @Timeout(30)
    void nobody_waits_for_ever_for_one_that_is_closed() throws Exception {
        for (int round = 0; round < 30; round++) {
            BatchWriter<Integer, Integer> writer = writer(1, 1_000_000, batch -> batch);
            Executor threads = task -> new Thread(task).start();
            List<CompletableFuture<Void>> callers = IntStream.range(0, 8)
                    .mapToObj(i -> CompletableFuture.runAsync(() -> addUntilRefused(writer), threads))
                    .toList();
            writer.close();
            callers.forEach(CompletableFuture::join);
        }
    }

    private static void addUntilRefused(BatchWriter<Integer, Integer> writer) {
        try {
            while (true) {
                writer.add(1).join();
            }
        } catch (CompletionException e) {
            assertThat(e.getCause()).isInstanceOfSatisfying(RefusedException.class, refused -> assertThat(
                            refused.refusal().reason())
                    .isEqualTo(Reason.BUSY));
        }
    }

    @Test
    void a_bad_item_spoils_no_other_of_a_bulk_call() {
        List<Acceptance<Integer>> results = bulk(30, batch -> failOn(BAD, batch, "22P05"));
        assertThat(stored).hasSize(29).doesNotContain(BAD);
        assertThat(results).hasSize(30);
        assertThat(results.get(BAD - 1)).isEqualTo(new Acceptance.Created<>(BAD - 1));
        assertThat(results.get(BAD + 1)).isEqualTo(new Acceptance.Created<>(BAD + 1));
        assertThat(reason(results.get(BAD))).isEqualTo(Reason.FAULT);
    }

    /** As where an item takes all of the heap: the batches before it are stored, and must be told so. */
    @Test
    void an_error_spoils_no_other_of_a_bulk_call() {
        List<Acceptance<Integer>> results = bulk(30, batch -> {
            if (batch.contains(BAD)) {
                throw new StackOverflowError("injected");
            }
            return batch;
        });
        assertThat(stored).hasSize(29).doesNotContain(BAD);
        assertThat(reason(results.get(BAD))).isEqualTo(Reason.FAULT);
    }

    @Test
    void a_batch_ends_early_where_its_items_are_large() {
        try (BatchWriter<Integer, Integer> writer =
                new BatchWriter<>("test", transaction(batch -> batch), item -> BatchWriter.CHARACTERS / 3, 1, 1)) {
            assertThat(writer.addAll(numbers(10))).hasSize(10);
        }
        assertThat(sizes).containsExactly(4, 4, 2);
    }

    @ParameterizedTest
    @ValueSource(strings = {"08006", "53100", "57014", "58030"})
    void what_was_not_stored_when_the_database_went_away_says_so(String state) {
        int last = 2 * BatchWriter.BULK;
        List<Acceptance<Integer>> results = bulk(3 * BatchWriter.BULK, batch -> failOn(last - 1, batch, state));
        assertThat(stored).hasSize(BatchWriter.BULK);
        assertThat(results.subList(0, BatchWriter.BULK)).allMatch(Acceptance.Created.class::isInstance);
        assertThat(results.subList(BatchWriter.BULK, results.size()))
                .allSatisfy(result -> assertThat(reason(result)).isEqualTo(Reason.AWAY));
        assertThat(writes).as("neither the rest nor halves are tried").hasValue(2);
    }

    @Test
    void a_lock_spares_those_of_a_bulk_call_that_do_not_need_it() {
        List<Acceptance<Integer>> results = bulk(30, batch -> failOn(BAD, batch, "55P03"));
        assertThat(stored).hasSize(29).doesNotContain(BAD);
        assertThat(reason(results.get(BAD))).isEqualTo(Reason.AWAY);
        assertThat(writes.get()).isLessThan(30);
    }

    @Test
    void an_item_of_a_bulk_call_is_stored_once_its_lock_is_free() {
        AtomicInteger tries = new AtomicInteger();
        List<Acceptance<Integer>> results = bulk(
                30, batch -> batch.contains(BAD) && tries.incrementAndGet() < 8 ? failOn(BAD, batch, "55P03") : batch);
        assertThat(results).allMatch(Acceptance.Created.class::isInstance);
        assertThat(stored).hasSize(30).doesNotHaveDuplicates();
    }

    @Test
    void a_lock_that_all_of_a_bulk_call_need_is_not_waited_for_item_by_item() {
        assertThatThrownBy(() -> bulk(1_000, batch -> {
                    throw failure("55P03");
                }))
                .isInstanceOf(StorageException.class);
        assertThat(writes).hasValue(Writing.MOST_LOCKED);
    }

    @Test
    void throws_where_nothing_of_a_bulk_call_was_stored() {
        assertThatThrownBy(() -> bulk(20, batch -> failOn(5, batch, "08006"))).isInstanceOf(StorageException.class);
    }

    /** Else what is stored would be stored again, or told as failed. */
    @Test
    void what_fails_after_a_commit_has_nothing_written_again() {
        BatchTransaction<Integer, Integer> stores = transaction(batch -> batch);
        BatchTransaction<Integer, Integer> failsAfterwards = new BatchTransaction<>() {
            @Override
            public List<@Nullable Acceptance<Integer>> write(List<Integer> batch, boolean waits) {
                return stores.write(batch, waits);
            }

            @Override
            public void committed(List<@Nullable Acceptance<Integer>> results) {
                throw new OutOfMemoryError("injected");
            }
        };
        try (BatchWriter<Integer, Integer> writer = new BatchWriter<>("test", failsAfterwards, item -> 1, 1, 10)) {
            assertThat(value(writer.add(1))).isEqualTo(1);
            assertThat(writer.addAll(numbers(2))).allMatch(Acceptance.Created.class::isInstance);
            assertThat(writes).hasValue(2);
        }
    }

    @Test
    void an_error_between_two_transactions_ends_no_writer() {
        AtomicBoolean full = new AtomicBoolean(true);
        BatchTransaction<Integer, Integer> stores = transaction(batch -> batch);
        BatchTransaction<Integer, Integer> tooFew =
                (batch, waits) -> full.getAndSet(false) ? List.of() : stores.write(batch, waits);
        try (BatchWriter<Integer, Integer> writer = new BatchWriter<>("test", tooFew, item -> 1, 1, 10)) {
            assertThatThrownBy(() -> value(writer.add(1))).hasCauseInstanceOf(IndexOutOfBoundsException.class);
            assertThat(value(writer.add(2))).isEqualTo(2);
            assertThat(writer.alive()).isTrue();
        }
    }

    private List<Acceptance<Integer>> bulk(int count, UnaryOperator<List<Integer>> write) {
        try (BatchWriter<Integer, Integer> writer = writer(1, 1, write)) {
            return writer.addAll(numbers(count));
        }
    }

    private BatchWriter<Integer, Integer> writer(int writers, int capacity, UnaryOperator<List<Integer>> write) {
        return new BatchWriter<>("test", transaction(write), item -> 1, writers, capacity);
    }

    /** @param write answers what it stores, null for what needs a lock */
    private BatchTransaction<Integer, Integer> transaction(UnaryOperator<List<Integer>> write) {
        return (batch, waits) -> {
            sizes.add(batch.size());
            writes.incrementAndGet();
            List<Acceptance<Integer>> answers = new ArrayList<>();
            for (Integer item : write.apply(batch)) {
                answers.add(item == null ? null : new Acceptance.Created<>(item));
                if (item != null) {
                    stored.add(item);
                }
            }
            return answers;
        };
    }

    private UnaryOperator<List<Integer>> behindTheGate(UnaryOperator<List<Integer>> write) {
        return batch -> {
            if (writes.get() == 1) {
                pass(gate);
            }
            return write.apply(batch);
        };
    }

    /** Once a first one, 0, is under way: 1 to {@code count}. */
    private List<CompletableFuture<Acceptance<Integer>>> addBehindTheGate(
            BatchWriter<Integer, Integer> writer, int count) {
        lone = writer.add(0);
        await().until(() -> writes.get() == 1);
        List<CompletableFuture<Acceptance<Integer>>> others =
                IntStream.rangeClosed(1, count).mapToObj(writer::add).toList();
        assertThat(writer.depth()).isEqualTo(count);
        return others;
    }

    private List<Integer> failAfterTheFirst(List<Integer> batch, String state) {
        if (writes.get() == 1) {
            return batch;
        }
        throw failure(state);
    }

    private static List<Integer> failOn(int bad, List<Integer> batch, String state) {
        if (batch.contains(bad)) {
            throw failure(state);
        }
        return batch;
    }

    private static StorageException failure(String state) {
        return new StorageException(new SQLException("injected", state));
    }

    private static void pass(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private static Integer value(CompletableFuture<Acceptance<Integer>> result) {
        return ((Acceptance.Created<Integer>)
                        result.orTimeout(20, TimeUnit.SECONDS).join())
                .value();
    }

    private static Reason reason(Acceptance<Integer> result) {
        return ((Acceptance.Refused<Integer>) result).why().reason();
    }

    private static List<Integer> numbers(int count) {
        return IntStream.range(0, count).boxed().toList();
    }
}
