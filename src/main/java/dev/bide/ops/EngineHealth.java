package dev.bide.ops;

import com.codahale.metrics.health.HealthCheck;
import dev.bide.database.DatabaseProbe;
import dev.bide.engine.EngineFigures;
import dev.bide.jobstore.Statistics;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Whether the engine moves: a node whose database answers, and which does not check in, take, settle or store, is of no use, and nobody else would say so. A node
 * that fires no timers has the ages zero. Thread-safe.
 */
public final class EngineHealth extends HealthCheck {
    /** Checking in, looking for due timers and settling happen every second: so long without is no pause of the JVM, and no database that is slow. */
    private static final Duration NOT_READY = Duration.ofSeconds(12);

    /** What has not come back by itself by then won't: a new process is the better one. */
    private static final Duration NOT_ALIVE = Duration.ofMinutes(5);

    private final Supplier<EngineFigures> figures;
    private final LongSupplier nanoTime;
    private @Nullable Long leaseMissing;

    EngineHealth(Supplier<EngineFigures> figures) {
        this(figures, System::nanoTime);
    }

    EngineHealth(Supplier<EngineFigures> figures, LongSupplier nanoTime) {
        this.figures = figures;
        this.nanoTime = nanoTime;
    }

    @Override
    protected Result check() {
        List<String> faults = faults(NOT_READY);
        return faults.isEmpty() ? Result.healthy() : Result.unhealthy(String.join("; ", faults));
    }

    /** Whether the node does its work. */
    public boolean moves() {
        return faults(NOT_READY).isEmpty();
    }

    /** Whether a new process would do better. True while the database is away, which none could bring back. */
    boolean alive(DatabaseProbe database) {
        return !database.up() || faults(NOT_ALIVE).isEmpty();
    }

    private List<String> faults(Duration most) {
        EngineFigures now = figures.get();
        List<String> faults = faults(now, most);
        Duration without = withoutLease(now);
        if (without.compareTo(most) > 0) {
            faults.add("this node has had no lease for " + seconds(without.toMillis()) + ", and fires nothing");
        }
        return faults;
    }

    /** Since somebody first asked and it had none: a worker whose first check-in never came has no age of the last one. */
    private synchronized Duration withoutLease(EngineFigures now) {
        if (!now.worker() || now.jobStore().leaseHeld()) {
            leaseMissing = null;
            return Duration.ZERO;
        }
        long time = nanoTime.getAsLong();
        if (leaseMissing == null) {
            leaseMissing = time;
        }
        return Duration.ofNanos(time - leaseMissing);
    }

    static List<String> faults(EngineFigures now, Duration most) {
        Statistics jobs = now.jobStore();
        List<String> faults = new ArrayList<>();
        if (jobs.checkInAgeMillis() > most.toMillis()) {
            faults.add("this node has not checked in for " + seconds(jobs.checkInAgeMillis())
                    + ", and others take its timers over");
        }
        // One that has all its calls under way takes nothing, and nothing is wrong with it.
        if (jobs.takeAgeMillis() > most.toMillis() && now.inFlight() < now.threads()) {
            faults.add("no due timers were looked for in " + seconds(jobs.takeAgeMillis()));
        }
        if (jobs.oldestCompletionMillis() > most.toMillis()) {
            faults.add("an outcome has waited to be settled for " + seconds(jobs.oldestCompletionMillis()));
        }
        Statistics control = now.control();
        if (control != null && control.checkInAgeMillis() > most.toMillis()) {
            faults.add("the upkeep of this node has not checked in for " + seconds(control.checkInAgeMillis()));
        }
        if (!now.writersAlive()) {
            faults.add("a thread that stores new timers and runs has ended");
        }
        return faults;
    }

    private static String seconds(long millis) {
        return millis / 1_000 + " s";
    }
}
