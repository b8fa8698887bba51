package dev.bide.engine.figures;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class RecentTest {
    private static final int ASKERS = 8;

    private final AtomicLong now = new AtomicLong();
    private final AtomicInteger found = new AtomicInteger();
    private final Recent<String, String> recent = new Recent<>(Duration.ofSeconds(2), 3, now::get);
    private final ExecutorService askers = Executors.newFixedThreadPool(ASKERS);
    private final CountDownLatch goOn = new CountDownLatch(1);

    @AfterEach
    void stop() {
        goOn.countDown();
        askers.shutdownNow();
    }

    @Test
    void keeps_an_answer_for_its_time_and_no_longer() {
        assertThat(ask("a")).isEqualTo("a1");
        pass(Duration.ofMillis(1_999));
        assertThat(ask("a")).isEqualTo("a1");
        pass(Duration.ofMillis(1));
        assertThat(ask("a")).isEqualTo("a2");
    }

    @Test
    void keeps_each_question_apart() {
        assertThat(ask("a")).isEqualTo("a1");
        assertThat(ask("b")).isEqualTo("b2");
        assertThat(ask("a")).isEqualTo("a1");
    }

    @Test
    void finds_an_answer_once_for_all_who_ask_meanwhile_however_long_that_takes() throws Exception {
        List<Future<String>> answers = askers();
        pass(Duration.ofHours(1));
        String late = ask("another");
        assertThat(late).isEqualTo("another2");
        goOn.countDown();
        for (Future<String> answer : answers) {
            assertThat(answer.get(10, TimeUnit.SECONDS)).isEqualTo("slow1");
        }
        assertThat(found).hasValue(2);
    }

    @Test
    void fails_for_all_who_wait_and_is_found_anew_by_the_next() throws Exception {
        AtomicInteger failed = new AtomicInteger();
        List<Future<String>> answers = new ArrayList<>();
        for (int i = 0; i < ASKERS; i++) {
            answers.add(askers.submit(() -> recent.answer("a", question -> {
                hold();
                failed.incrementAndGet();
                throw new IllegalStateException("away");
            })));
        }
        awaitWaiting(ASKERS);
        goOn.countDown();
        for (Future<String> answer : answers) {
            assertThatThrownBy(() -> answer.get(10, TimeUnit.SECONDS)).hasRootCauseMessage("away");
        }
        assertThat(failed).hasValue(1);
        assertThat(ask("a")).isEqualTo("a1");
    }

    @Test
    void throws_what_was_thrown() {
        assertThatThrownBy(() -> recent.answer("a", question -> {
                    throw new IllegalStateException("away");
                }))
                .isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> recent.answer("a", question -> {
                    throw new AssertionError("broken");
                }))
                .isInstanceOf(AssertionError.class);
    }

    @Test
    void forgets_the_oldest_where_there_are_too_many() {
        List.of("a", "b", "c", "d").forEach(this::ask);
        assertThat(ask("b")).isEqualTo("b2");
        assertThat(ask("a")).isEqualTo("a5");
    }

    private List<Future<String>> askers() {
        List<Future<String>> answers = new ArrayList<>();
        for (int i = 0; i < ASKERS; i++) {
            answers.add(askers.submit(() -> recent.answer("slow", question -> {
                String answer = question + found.incrementAndGet();
                hold();
                return answer;
            })));
        }
        awaitWaiting(ASKERS);
        return answers;
    }

    /** All of them: the one that finds the answer, and those that wait for it. */
    private void awaitWaiting(int threads) {
        await().until(() -> Thread.getAllStackTraces().entrySet().stream()
                        .filter(entry -> entry.getKey().getState() == Thread.State.WAITING)
                        .filter(entry -> List.of(entry.getValue()).stream()
                                .anyMatch(frame -> frame.getClassName().equals(Recent.class.getName())))
                        .count()
                == threads);
    }

    private void hold() {
        try {
            goOn.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private String ask(String question) {
        return recent.answer(question, asked -> asked + found.incrementAndGet());
    }

    private void pass(Duration time) {
        now.addAndGet(time.toNanos());
    }
}
