package dev.bide.engine.upkeep;

import dev.bide.engine.DeliveryObserver;
import dev.bide.engine.figures.FigureUpkeep;
import dev.bide.engine.quartz.TimerTriggers;
import dev.bide.workflow.store.Database;
import java.time.InstantSource;
import java.util.Set;
import java.util.function.Supplier;

/** What keeps the tables in order. Each task may run on any node, again and again, and beside itself. */
public final class Upkeep {
    private final Repair repair;
    private final HistoryUpkeep history;
    private final FigureUpkeep figures;

    /** @param pausedLanes those of destinations that are paused */
    public Upkeep(
            Database database,
            TimerTriggers triggers,
            DeliveryObserver observer,
            FigureUpkeep figures,
            InstantSource clock,
            Supplier<Set<Integer>> pausedLanes) {
        this.repair = new Repair(database, triggers, observer, clock, pausedLanes);
        this.history = new HistoryUpkeep(database);
        this.figures = figures;
    }

    /** Mends timers that nothing would ever fire. There should be none; they are counted. */
    public void repair() {
        repair.run();
    }

    /** Makes the partitions of the days to come. What a node does when it starts, whatever its role. */
    public void makePartitions() {
        history.make();
    }

    /** Makes the partitions of the days to come, drops those that are older than is kept, and forgets operations of that age and figures of a week. */
    public void history() {
        history.run();
    }

    /** Counts what waits, adds up what the nodes have written, and finds what is to be warned of. */
    public void figures() {
        figures.run();
    }
}
