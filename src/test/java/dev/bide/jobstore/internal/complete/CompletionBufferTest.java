package dev.bide.jobstore.internal.complete;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.bide.jobstore.Execution;
import dev.bide.jobstore.Firings;
import dev.bide.jobstore.internal.write.PlainOneShot;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.quartz.JobBuilder;
import org.quartz.JobDetail;
import org.quartz.JobKey;
import org.quartz.Trigger.CompletedExecutionInstruction;
import org.quartz.TriggerKey;

class CompletionBufferTest {
    private static final JobDetail JOB =
            JobBuilder.newJob(Firings.CountingJob.class).withIdentity("job").build();

    private final List<List<Completion>> batches = new CopyOnWriteArrayList<>();
    private final Queue<Completion> written = new ConcurrentLinkedQueue<>();

    @Test
    void gives_back_of_a_batch_that_failed_only_what_had_not_ended() {
        List<Completion> all = completions(10);
        CompletionBuffer buffer = buffer(this::failAtTheFourth);
        all.forEach(one -> buffer.add(one, 0));
        buffer.start("test", true);
        await().until(() -> written.size() == 10);
        buffer.close(10_000);
        assertThat(batches).containsExactly(all, all.subList(3, 10));
        assertThat(written).containsExactlyElementsOf(all);
        assertThat(buffer.size()).isZero();
    }

    private void failAtTheFourth(List<Completion> batch, boolean again, Consumer<Completion> ended)
            throws SQLException {
        batches.add(List.copyOf(batch));
        if (batches.size() == 1) {
            batch.subList(0, 3).forEach(ended);
            throw new SQLException("gone", "08006");
        }
    }

    @Test
    void one_that_waits_for_a_row_holds_up_no_other_and_is_written_when_the_row_is_free() {
        List<Completion> all = completions(1_000);
        Completion held = all.get(333);
        AtomicBoolean locked = new AtomicBoolean(true);
        CompletionBuffer buffer = buffer((batch, again, ended) -> {
            batches.add(List.copyOf(batch));
            if (locked.get() && batch.contains(held)) {
                assertThat(again).isEqualTo(batch.size() < 100);
                throw new SQLException("held", "55P03");
            }
        });
        all.forEach(one -> buffer.add(one, 7));
        buffer.start("test", true);
        await().until(() -> written.size() == 999);
        assertThat(buffer.size()).isOne();
        assertThat(written).doesNotContain(held);
        // Who is behind does not say that nothing is written; and what comes is written at once.
        await().until(() -> buffer.oldestMillis() == 0);
        Completion next = completion(1_000);
        buffer.add(next, 7);
        await().until(() -> written.contains(next));
        // Its batch of a hundred is halved seven times; nobody else's is touched.
        assertThat(batches.stream().filter(batch -> batch.contains(all.get(0)))).hasSize(1);
        assertThat(batches.stream().filter(batch -> batch.size() > 1 && batch.contains(held)))
                .hasSizeLessThan(8);
        locked.set(false);
        await().atMost(Duration.ofSeconds(20)).until(() -> written.contains(held));
        buffer.close(10_000);
        assertThat(written).hasSize(1_001).doesNotHaveDuplicates();
    }

    @Test
    void one_that_waits_for_a_row_tries_once_a_second() {
        CompletionBuffer buffer = buffer((batch, again, ended) -> {
            batches.add(List.copyOf(batch));
            throw new SQLException("held", "55P03");
        });
        buffer.add(completion(1), 0);
        buffer.start("test", true);
        // Five pauses that double come to three seconds; doubling on, these would be the pauses of more than twenty.
        await().atMost(Duration.ofSeconds(13)).until(() -> batches.size() >= 10);
        buffer.close(1);
    }

    @Test
    void a_stop_waits_for_no_long_pause() {
        AtomicBoolean bad = new AtomicBoolean(true);
        CompletionBuffer buffer = buffer((batch, again, ended) -> {
            batches.add(List.copyOf(batch));
            if (bad.get()) {
                throw new SQLException("no such value", "22000");
            }
        });
        buffer.add(completion(1), 0);
        buffer.start("test", true);
        // The sixth is followed by a pause of 3.2 seconds.
        await().atMost(Duration.ofSeconds(30)).until(() -> batches.size() == 6);
        bad.set(false);
        buffer.close(2_000);
        assertThat(written).hasSize(1);
    }

    @Test
    void what_there_is_no_memory_for_is_halved_and_the_next_batches_are_small() {
        List<Completion> all = completions(400);
        CompletionBuffer buffer = buffer((batch, again, ended) -> {
            batches.add(List.copyOf(batch));
            if (batch.size() > 30) {
                throw new OutOfMemoryError("as expected by this test");
            }
        });
        all.forEach(one -> buffer.add(one, 0));
        buffer.start("test", true);
        await().until(() -> written.size() == 400);
        buffer.close(10_000);
        assertThat(written).containsExactlyInAnyOrderElementsOf(all);
        assertThat(batches.stream().filter(batch -> batch.size() > 30)).hasSizeLessThan(6);
    }

    @Test
    void one_that_memory_never_suffices_for_does_not_make_the_others_batches_small() {
        List<Completion> all = completions(300);
        Completion large = all.get(50);
        CompletionBuffer buffer = buffer((batch, again, ended) -> {
            batches.add(List.copyOf(batch));
            if (batch.contains(large)) {
                throw new OutOfMemoryError("as expected by this test");
            }
        });
        buffer.add(large, 0);
        buffer.start("test", true);
        await().until(() -> batches.size() >= 3);
        all.stream().filter(one -> one != large).forEach(one -> buffer.add(one, 0));
        await().until(() -> written.size() == 299);
        assertThat(buffer.size()).isOne();
        List<Completion> next =
                completions(200).stream().filter(one -> !one.equals(large)).toList();
        await().atMost(Duration.ofSeconds(90)).until(() -> {
            batches.clear();
            next.forEach(one -> buffer.add(one, 0));
            await().until(() -> buffer.size() == 1);
            return batches.stream().anyMatch(batch -> batch.size() > 30);
        });
        buffer.close(1);
    }

    @Test
    void an_error_after_an_error_neither_ends_the_thread_nor_loses_anything() {
        List<Completion> all = completions(10);
        AtomicBoolean broken = new AtomicBoolean(true);
        CompletionBuffer buffer = buffer((batch, again, ended) -> {
            batches.add(List.copyOf(batch));
            if (batches.size() == 1) {
                ended.accept(batch.get(0));
                throw new RuntimeException("first") {
                    private static final long serialVersionUID = 1L;

                    @Override
                    public String toString() {
                        if (broken.getAndSet(false)) {
                            throw new OutOfMemoryError("as expected by this test");
                        }
                        return "first";
                    }
                };
            }
        });
        all.forEach(one -> buffer.add(one, 9));
        buffer.start("test", true);
        await().until(() -> written.size() == 10);
        buffer.close(10_000);
        assertThat(broken).isFalse();
        assertThat(written).containsExactlyInAnyOrderElementsOf(all);
        assertThat(buffer.size()).isZero();
        assertThat(buffer.isFull()).isFalse();
    }

    @Test
    void batches_and_the_buffer_are_bounded_by_weight() {
        CompletionBuffer buffer = buffer((batch, again, ended) -> batches.add(List.copyOf(batch)));
        List<Completion> all = completions(10);
        // Batches of 1,000, a limit of 10,000.
        all.subList(0, 5).forEach(one -> buffer.add(one, 400));
        assertThat(buffer.isFull()).isFalse();
        buffer.add(all.get(5), 9_000);
        assertThat(buffer.isFull()).isTrue();
        all.subList(6, 10).forEach(one -> buffer.add(one, 0));
        buffer.start("test", true);
        await().until(() -> written.size() == 10);
        buffer.close(10_000);
        assertThat(batches.stream().map(List::size)).containsExactly(2, 2, 1, 1, 4);
        assertThat(buffer.isFull()).isFalse();
    }

    @Test
    void knows_how_long_the_oldest_has_waited() {
        CompletionBuffer buffer = buffer((batch, again, ended) -> {
            throw new SQLException("gone", "08006");
        });
        assertThat(buffer.oldestMillis()).isZero();
        buffer.add(completion(1), 0);
        buffer.start("test", true);
        await().until(() -> buffer.oldestMillis() > 200);
        buffer.close(1);
    }

    @Test
    void the_pause_is_short_again_when_any_was_written() {
        long began = System.nanoTime();
        List<Completion> all = completions(60);
        // A database that fails at each second one of those that are written one by one.
        CompletionBuffer buffer = buffer((batch, again, ended) -> {
            ended.accept(batch.get(0));
            if (batch.size() > 1) {
                throw new SQLException("gone", "08006");
            }
        });
        all.forEach(one -> buffer.add(one, 0));
        buffer.start("test", true);
        await().atMost(Duration.ofSeconds(60)).until(() -> written.size() == 60);
        buffer.close(10_000);
        // Growing to two seconds it would be more than a hundred.
        assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(Duration.ofSeconds(30));
    }

    private CompletionBuffer buffer(CompletionBuffer.Writer writer) {
        return new CompletionBuffer(
                new CompletionBuffer.Settings(100, 1_000, 10, 100_000, 10_000, 1), writer, written::add);
    }

    private static List<Completion> completions(int number) {
        return IntStream.range(0, number)
                .mapToObj(CompletionBufferTest::completion)
                .toList();
    }

    private static Completion completion(int number) {
        TriggerKey key = new TriggerKey("t" + number);
        JobKey job = JOB.getKey();
        Execution execution = new Execution("e" + number, key, job, Instant.EPOCH, false);
        return new Completion(
                execution,
                PlainOneShot.of(key, job, 5, number),
                "SIMPLE",
                true,
                JOB,
                CompletedExecutionInstruction.DELETE_TRIGGER);
    }
}
