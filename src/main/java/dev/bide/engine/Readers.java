package dev.bide.engine;

import dev.bide.workflow.Refusal;
import dev.bide.workflow.RefusedException;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * Threads that read what was there before: what the writers of new timers and runs must not wait for. Where the reads hang, callers who send the same
 * keys again could fill the memory; so it is bounded as what waits to be stored is, and the next is refused as {@link Refusal.Reason#BUSY}.
 */
final class Readers implements Executor, AutoCloseable {
    private final ThreadPoolExecutor threads;

    /** @param capacity reads that may wait */
    Readers(int threads, int capacity) {
        this.threads = new ThreadPoolExecutor(
                threads, threads, 0, TimeUnit.SECONDS, new LinkedBlockingQueue<>(capacity), Readers::thread);
    }

    private static Thread thread(Runnable work) {
        Thread thread = new Thread(work, "read-run");
        thread.setDaemon(true);
        return thread;
    }

    @Override
    public void execute(Runnable read) {
        try {
            threads.execute(read);
        } catch (RejectedExecutionException e) {
            throw RefusedException.busy(
                    "This node has too much to read at once; what has a key is stored once, so try again in a moment");
        }
    }

    /** Takes no more. */
    @Override
    public void close() {
        threads.shutdown();
    }
}
