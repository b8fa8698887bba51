package dev.bide.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.bide.workflow.Refusal;
import dev.bide.workflow.RefusedException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ReadersTest {
    private final Readers readers = new Readers(2, 3);
    private final CountDownLatch hang = new CountDownLatch(1);

    @AfterEach
    void end() {
        hang.countDown();
        readers.close();
    }

    @Test
    void refuse_what_is_more_than_may_wait() {
        List<CompletableFuture<Boolean>> waiting =
                IntStream.range(0, 5).mapToObj(i -> read()).toList();
        refuses();
        hang.countDown();
        await().until(() -> waiting.stream().allMatch(CompletableFuture::isDone));
        assertThat(read().join()).isTrue();
    }

    @Test
    void refuse_all_when_they_are_closed() {
        readers.close();
        refuses();
    }

    /** As an answer that follows a set's does: on the set's writer, which must not be thrown at. */
    private void refuses() {
        CompletableFuture<Boolean> refused =
                CompletableFuture.completedFuture(true).thenCompose(written -> read());
        assertThatThrownBy(() -> refused.get(10, TimeUnit.SECONDS))
                .hasCauseInstanceOf(RefusedException.class)
                .cause()
                .satisfies(why ->
                        assertThat(((RefusedException) why).refusal().reason()).isEqualTo(Refusal.Reason.BUSY));
    }

    private CompletableFuture<Boolean> read() {
        return CompletableFuture.supplyAsync(
                () -> {
                    try {
                        hang.await();
                        return true;
                    } catch (InterruptedException e) {
                        return false;
                    }
                },
                readers);
    }
}
