package dev.bide.loadtest.chaos;

import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.Set;

/** Faults of one sort, one after the other, at random moments, until the moment comes. A thread of its own. */
abstract class Injector {
    private static final int LONGEST_PAUSE_MILLIS = 8_000;

    final Random random;
    final FaultLog log;
    final Moment end;
    private final List<Fault> faults;
    private final Thread thread;

    Injector(String name, Set<Fault> faults, FaultLog log, Moment end, long seed) {
        this.faults = List.copyOf(faults.stream().sorted().toList());
        this.log = log;
        this.end = end;
        this.random = new Random(seed);
        this.thread = new Thread(this::run, name);
        thread.setDaemon(true);
    }

    void start() {
        if (!faults.isEmpty()) {
            thread.start();
        }
    }

    /** Returns when its last fault is over. */
    void join() throws InterruptedException {
        thread.join();
    }

    private void run() {
        try {
            while (true) {
                end.waitFor(Duration.ofMillis(2_000 + random.nextInt(LONGEST_PAUSE_MILLIS)));
                if (end.hasCome()) {
                    return;
                }
                Fault fault = faults.get(random.nextInt(faults.size()));
                try {
                    inject(fault);
                } catch (Exception e) {
                    // Another fault came in between, as it may.
                    log.say(fault + " did not go as meant: " + e);
                    if (e instanceof InterruptedException) {
                        throw e;
                    }
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    /** Returns once it is over. */
    abstract void inject(Fault fault) throws Exception;

    /** A time from {@code least} on, of so many seconds more at most. */
    Duration seconds(int least, int more) {
        return Duration.ofMillis(1_000L * least + random.nextInt(1_000 * more + 1));
    }
}
