package dev.bide.jobstore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
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

    private final List<List<Completion>> batches = new ArrayList<>();
    private final Queue<Completion> written = new ConcurrentLinkedQueue<>();

    @Test
    void gives_back_of_a_batch_that_failed_only_what_had_not_ended() {
        List<Completion> all = IntStream.range(0, 10)
                .mapToObj(CompletionBufferTest::completion)
                .toList();
        CompletionBuffer buffer = new CompletionBuffer(
                new CompletionBuffer.Settings(10, 10, 100, 1), this::failAtTheFourth, written::add);
        all.forEach(buffer::add);
        buffer.start("test", true);
        await().until(() -> written.size() == 10);
        buffer.close(10_000);
        assertThat(batches).containsExactly(all, all.subList(3, 10));
        assertThat(written).containsExactlyElementsOf(all);
        assertThat(buffer.size()).isZero();
    }

    private void failAtTheFourth(List<Completion> batch, Consumer<Completion> ended) throws SQLException {
        batches.add(List.copyOf(batch));
        if (batches.size() == 1) {
            batch.subList(0, 3).forEach(ended);
            throw new SQLException("gone", "08006");
        }
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
