package dev.bide.engine;

import dev.bide.workflow.Database;
import java.time.InstantSource;
import java.time.Period;

/** What keeps the tables in order. Each task may run on any node, again and again, and beside itself. */
final class Upkeep {
    private final Repair repair;
    private final HistoryUpkeep history;

    Upkeep(
            Database database,
            TimerTriggers triggers,
            Period retention,
            DeliveryObserver observer,
            InstantSource clock) {
        this.repair = new Repair(database, triggers, observer, clock);
        this.history = new HistoryUpkeep(database, retention, clock);
    }

    /** Mends timers that nothing would ever fire. There should be none; they are counted. */
    void repair() {
        repair.run();
    }

    /** Makes the partitions of the days to come, drops those that are older than is kept, and forgets operations of that age. */
    void history() {
        history.run();
    }
}
