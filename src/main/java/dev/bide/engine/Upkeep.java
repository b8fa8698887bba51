package dev.bide.engine;

import dev.bide.workflow.Database;
import dev.bide.workflow.Timer;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.Period;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What keeps the tables in order. Each task may run on any node, again and again, and beside itself. */
final class Upkeep {
    private static final Logger LOG = LoggerFactory.getLogger(Upkeep.class);

    /** Longer than a failover takes, so that what another node is about to recover is not mended here. */
    private static final Duration OVERDUE = Duration.ofMinutes(1);

    private static final int LARGEST_SET = 1_000;

    private final Database database;
    private final TimerTriggers triggers;
    private final HistoryUpkeep history;
    private final DeliveryObserver observer;
    private final InstantSource clock;

    Upkeep(
            Database database,
            TimerTriggers triggers,
            Period retention,
            DeliveryObserver observer,
            InstantSource clock) {
        this.database = database;
        this.triggers = triggers;
        this.history = new HistoryUpkeep(database, retention, clock);
        this.observer = observer;
        this.clock = clock;
    }

    /** Gives timers that nothing would ever fire a trigger again. There should be none; they are counted. */
    void repair() {
        Instant before = Times.now(clock).minus(OVERDUE);
        List<Timer> stranded;
        do {
            stranded = database.inTransaction(session -> {
                List<Timer> found = session.timers().stranded(before, LARGEST_SET);
                triggers.storeForNextAttempt(session, found);
                return found;
            });
            if (!stranded.isEmpty()) {
                LOG.error(
                        "{} timers had lost their triggers and got new ones, among them {}",
                        stranded.size(),
                        stranded.get(0).id());
                observer.repaired("timer-without-trigger", stranded.size());
                triggers.signal(stranded);
            }
        } while (stranded.size() == LARGEST_SET);
    }

    /** Makes the partitions of the days to come, drops those that are older than is kept, and forgets operations of that age. */
    void history() {
        history.run();
    }
}
