package dev.bide.jobstore.internal.sql;

/** A thread of the store's, for as long as the store runs: it ends when its work returns, and whoever ends that waits for it a little. */
public final class Daemon {
    private static final long CLOSING_MILLIS = 2_000;

    private final Thread thread;

    /** @param daemon whether the JVM may end while it runs */
    public Daemon(String name, boolean daemon, Runnable work) {
        thread = new Thread(work, name);
        thread.setDaemon(daemon);
    }

    /** Before it is started. */
    public void beforeOthers() {
        thread.setPriority(Thread.NORM_PRIORITY + 2);
    }

    public void start() {
        thread.start();
    }

    /** True when it has ended; false after some seconds, or where the caller is interrupted, whose flag stays. */
    public boolean join() {
        try {
            thread.join(CLOSING_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return !thread.isAlive();
    }
}
