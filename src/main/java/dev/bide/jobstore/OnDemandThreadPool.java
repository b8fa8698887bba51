package dev.bide.jobstore;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.util.ArrayDeque;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.quartz.SchedulerConfigException;
import org.quartz.spi.ThreadPool;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A Quartz thread pool for jobs that mostly wait: hundreds may run at once, and threads are made only as they are needed. Where the JVM has virtual threads (21 and
 * later) each job gets one. Elsewhere platform threads are kept and used again, the one used last first, so that short jobs need few; an idle one ends after a while.
 *
 * <p>A pool that is nearly full asks for work only when a quarter of it is free, or {@code gatherMillis} later: as jobs end one by one, the scheduler would else take
 * triggers one by one, at the cost of a transaction each, and a node that is behind would get ever further behind.
 *
 * <p>Properties: {@code threadCount} (jobs at once, default 500), {@code threadPriority} (platform threads), {@code virtual} (default true: where they exist),
 * {@code makeThreadsDaemons}, {@code idleSeconds} (default 30), {@code gatherMillis} (default 10).
 */
public final class OnDemandThreadPool implements ThreadPool {
    private static final Logger LOG = LoggerFactory.getLogger(OnDemandThreadPool.class);

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition freed = lock.newCondition();
    private final ArrayDeque<Runnable> queue = new ArrayDeque<>();
    private final ArrayDeque<Worker> idle = new ArrayDeque<>();
    private int threadCount = 500;
    private int threadPriority = Thread.NORM_PRIORITY;
    private int idleSeconds = 30;
    private int gatherMillis = 10;
    private boolean makeThreadsDaemons;
    private boolean virtual = true;
    private String name = "QuartzScheduler";
    private @Nullable Method startVirtualThread;
    private int unfinished;
    private int workers;
    private int started;
    private boolean waking;
    private boolean closed;

    /** Jobs that may run at once. */
    public void setThreadCount(int count) {
        if (count < 1) {
            throw new IllegalArgumentException("threadCount must be positive: " + count);
        }
        threadCount = count;
    }

    public int getThreadCount() {
        return threadCount;
    }

    public void setThreadPriority(int priority) {
        threadPriority = priority;
    }

    public int getThreadPriority() {
        return threadPriority;
    }

    public void setMakeThreadsDaemons(boolean daemons) {
        makeThreadsDaemons = daemons;
    }

    public boolean isMakeThreadsDaemons() {
        return makeThreadsDaemons;
    }

    public void setVirtual(boolean whereTheyExist) {
        virtual = whereTheyExist;
    }

    public boolean isVirtual() {
        return virtual;
    }

    /** How long a platform thread waits for another job before it ends. */
    public void setIdleSeconds(int seconds) {
        idleSeconds = seconds;
    }

    public int getIdleSeconds() {
        return idleSeconds;
    }

    /** How long a pool that is nearly full waits for more places, in milliseconds. */
    public void setGatherMillis(int millis) {
        if (millis < 0) {
            throw new IllegalArgumentException("gatherMillis must not be negative: " + millis);
        }
        gatherMillis = millis;
    }

    public int getGatherMillis() {
        return gatherMillis;
    }

    /** Of Quartz's own pool, and in most property files. Threads of this one come and go, and inherit nothing. */
    public void setThreadsInheritContextClassLoaderOfInitializingThread(boolean inherit) {}

    /** The same. */
    public void setThreadsInheritGroupOfInitializingThread(boolean inherit) {}

    /** The same: threads are named after the scheduler. */
    public void setThreadNamePrefix(String prefix) {}

    @Override
    public void setInstanceId(String schedulerInstanceId) {}

    @Override
    public void setInstanceName(String schedulerName) {
        name = schedulerName;
    }

    @Override
    public void initialize() throws SchedulerConfigException {
        if (virtual && Runtime.version().feature() >= 21) {
            try {
                startVirtualThread = Thread.class.getMethod("startVirtualThread", Runnable.class);
            } catch (NoSuchMethodException e) {
                throw new SchedulerConfigException("no virtual threads", e);
            }
        }
    }

    @Override
    public int getPoolSize() {
        return threadCount;
    }

    @Override
    public int blockForAvailableThreads() {
        lock.lock();
        try {
            while (unfinished >= threadCount && !closed) {
                freed.awaitUninterruptibly();
            }
            long patience = TimeUnit.MILLISECONDS.toNanos(gatherMillis);
            while (threadCount - unfinished < share() && patience > 0 && !closed) {
                patience = freed.awaitNanos(patience);
            }
        } catch (InterruptedException e) {
            // The scheduler is told to halt.
            Thread.currentThread().interrupt();
        } finally {
            lock.unlock();
        }
        return Math.max(1, threadCount - getActiveCount());
    }

    private int share() {
        return threadCount / 4;
    }

    /** Jobs running or about to. */
    public int getActiveCount() {
        lock.lock();
        try {
            return unfinished;
        } finally {
            lock.unlock();
        }
    }

    /**
     * Waits for a place where all are taken. After the shutdown the job gets a thread of its own, as in Quartz's own pool: to "false" Quartz answers by setting all
     * triggers of the job to ERROR.
     */
    @Override
    public boolean runInThread(@Nullable Runnable runnable) {
        if (runnable == null) {
            return false;
        }
        Method start = startVirtualThread;
        lock.lock();
        try {
            while (unfinished >= threadCount && !closed) {
                freed.awaitUninterruptibly();
            }
            unfinished++;
            if (closed) {
                new Thread(() -> run(runnable), name + "_AfterShutdown").start();
                return true;
            }
            if (start == null) {
                queue.add(runnable);
                wakeOne();
                return true;
            }
        } finally {
            lock.unlock();
        }
        startVirtual(start, runnable);
        return true;
    }

    private void startVirtual(Method start, Runnable runnable) {
        try {
            start.invoke(null, (Runnable) () -> run(runnable));
        } catch (IllegalAccessException | InvocationTargetException e) {
            LOG.error("could not start a virtual thread; another one takes the job", e);
            lock.lock();
            try {
                queue.add(runnable);
                wakeOne();
            } finally {
                lock.unlock();
            }
        }
    }

    /**
     * Under the lock. One thread is woken (or made) at a time, and it wakes the next when it finds more to do: for short jobs few threads do everything, for long
     * ones there is one for each in a moment.
     */
    private void wakeOne() {
        if (waking || queue.isEmpty()) {
            return;
        }
        Worker worker = idle.pollLast();
        if (worker != null) {
            waking = true;
            worker.woken = true;
            worker.parked = false;
            worker.wake.signal();
        } else if (workers < threadCount) {
            waking = true;
            workers++;
            Thread thread = new Thread(new Worker()::work, name + "_Worker-" + ++started);
            thread.setPriority(threadPriority);
            thread.setDaemon(makeThreadsDaemons);
            try {
                thread.start();
            } catch (OutOfMemoryError e) {
                // No more threads to be had. Those that are there go on, and the next job tries again.
                LOG.error("could not start a thread besides {} others", workers - 1, e);
                waking = false;
                workers--;
            }
        }
    }

    private void run(Runnable runnable) {
        try {
            runnable.run();
        } catch (Throwable e) {
            LOG.error("a job's thread caught what the job's shell let through", e);
        } finally {
            finished();
        }
    }

    private void finished() {
        lock.lock();
        try {
            unfinished--;
            if (unfinished == threadCount - 1 || unfinished == threadCount - share() || unfinished == 0) {
                freed.signalAll();
            }
        } finally {
            lock.unlock();
        }
    }

    /** Jobs that were accepted run to their end in any case; {@code waitForJobsToComplete} waits for them. */
    @Override
    public void shutdown(boolean waitForJobsToComplete) {
        lock.lock();
        try {
            closed = true;
            freed.signalAll();
            idle.forEach(worker -> worker.wake.signal());
            while (waitForJobsToComplete && unfinished > 0) {
                freed.awaitUninterruptibly();
            }
        } finally {
            lock.unlock();
        }
    }

    private final class Worker {
        private final Condition wake = lock.newCondition();
        private boolean woken = true;
        private boolean parked;

        void work() {
            while (true) {
                Runnable next = next();
                if (next == null) {
                    return;
                }
                run(next);
                // A job's interrupt must not reach the next job.
                Thread.interrupted();
            }
        }

        private @Nullable Runnable next() {
            lock.lock();
            try {
                long patience = TimeUnit.SECONDS.toNanos(idleSeconds);
                while (true) {
                    if (woken) {
                        woken = false;
                        waking = false;
                    }
                    Runnable next = queue.poll();
                    if (next != null) {
                        if (parked) {
                            parked = false;
                            idle.remove(this);
                        }
                        wakeOne();
                        return next;
                    }
                    if (closed || patience <= 0) {
                        idle.remove(this);
                        workers--;
                        return null;
                    }
                    if (!parked) {
                        parked = true;
                        idle.addLast(this);
                    }
                    patience = awaitQuietly(patience);
                }
            } finally {
                lock.unlock();
            }
        }

        private long awaitQuietly(long nanos) {
            long deadline = System.nanoTime() + nanos;
            try {
                return wake.awaitNanos(nanos);
            } catch (InterruptedException e) {
                return deadline - System.nanoTime();
            }
        }
    }
}
