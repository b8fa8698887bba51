package dev.bide.jobstore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class OnDemandThreadPoolTest {

    private static OnDemandThreadPool pool(int threads) throws Exception {
        OnDemandThreadPool pool = new OnDemandThreadPool();
        pool.setThreadCount(threads);
        pool.initialize();
        return pool;
    }

    @Test
    void runs_as_many_jobs_at_once_as_it_has_threads_and_then_makes_the_caller_wait() throws Exception {
        OnDemandThreadPool pool = pool(300);
        CyclicBarrier all = new CyclicBarrier(301);
        CountDownLatch gate = new CountDownLatch(1);
        for (int i = 0; i < 300; i++) {
            assertThat(pool.blockForAvailableThreads()).isEqualTo(300 - i);
            pool.runInThread(() -> {
                try {
                    all.await();
                    gate.await();
                } catch (Exception e) {
                    throw new IllegalStateException(e);
                }
            });
        }
        all.await();
        assertThat(pool.getActiveCount()).isEqualTo(300);
        AtomicBoolean available = new AtomicBoolean();
        Thread waiter = new Thread(() -> available.set(pool.blockForAvailableThreads() > 0));
        waiter.start();
        await().until(() -> waiter.getState() == Thread.State.WAITING);
        assertThat(available).isFalse();
        gate.countDown();
        await().untilTrue(available);
        pool.shutdown(true);
        assertThat(pool.getActiveCount()).isZero();
    }

    @Test
    void a_pool_that_was_full_asks_for_work_when_a_quarter_of_it_is_free() throws Exception {
        OnDemandThreadPool pool = pool(40);
        pool.setGatherMillis(3_600_000);
        Semaphore ends = new Semaphore(0);
        for (int i = 0; i < 40; i++) {
            pool.runInThread(ends::acquireUninterruptibly);
        }
        CompletableFuture<Integer> free = CompletableFuture.supplyAsync(pool::blockForAvailableThreads);
        ends.release(9);
        await().until(() -> pool.getActiveCount() == 31);
        assertThat(free).isNotDone();
        ends.release(1);
        assertThat(free.join()).isEqualTo(10);
        pool.setGatherMillis(10);
        pool.runInThread(ends::acquireUninterruptibly);
        assertThat(pool.blockForAvailableThreads()).isEqualTo(9);
        ends.release(31);
        pool.shutdown(true);
    }

    @Test
    void a_shutdown_waits_for_what_was_accepted_and_what_comes_later_runs_too() throws Exception {
        OnDemandThreadPool pool = pool(4);
        AtomicInteger ran = new AtomicInteger();
        for (int i = 0; i < 1_000; i++) {
            assertThat(pool.runInThread(ran::incrementAndGet)).isTrue();
        }
        pool.shutdown(true);
        assertThat(ran).hasValue(1_000);
        assertThat(pool.runInThread(ran::incrementAndGet)).isTrue();
        await().until(() -> ran.get() == 1_001);
        assertThat(pool.runInThread(null)).isFalse();
    }

    @Test
    void a_job_that_throws_or_is_interrupted_costs_no_thread() throws Exception {
        OnDemandThreadPool pool = pool(1);
        AtomicBoolean interrupted = new AtomicBoolean(true);
        pool.runInThread(() -> {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("as expected by this test");
        });
        pool.runInThread(() -> interrupted.set(Thread.currentThread().isInterrupted()));
        pool.shutdown(true);
        assertThat(interrupted).isFalse();
    }
}
