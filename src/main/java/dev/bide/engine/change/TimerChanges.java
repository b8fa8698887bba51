package dev.bide.engine.change;

import dev.bide.delay.Delay;
import dev.bide.engine.quartz.TimerTriggers;
import dev.bide.workflow.RefusedException;
import dev.bide.workflow.Timer;
import dev.bide.workflow.TimerStatus;
import dev.bide.workflow.Times;
import dev.bide.workflow.store.Database;
import dev.bide.workflow.store.Days;
import dev.bide.workflow.store.Session;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;

/** Changes one timer, and says why where it can't. */
public final class TimerChanges {
    private final Database database;
    private final TimerBatches batches;
    private final Redrive redrive;
    private final TimerTriggers triggers;
    private final InstantSource clock;
    private final Finder finder;

    public TimerChanges(
            Database database, TimerBatches batches, Redrive redrive, TimerTriggers triggers, InstantSource clock) {
        this.database = database;
        this.batches = batches;
        this.redrive = redrive;
        this.triggers = triggers;
        this.clock = clock;
        this.finder = new Finder(database);
    }

    public Timer reschedule(UUID id, Delay delay) {
        Instant now = Times.now(clock);
        return change(
                id,
                Change.RESCHEDULED,
                session ->
                        batches.reschedule(session, List.of(id), timer -> Optional.of(waitingFor(delay, timer, now))));
    }

    /** The timer, waiting for {@code delay} from {@code now}. */
    static Timer waitingFor(Delay delay, Timer timer, Instant now) {
        return timer.waitingFor(delay).dueAt(Times.dueAt(delay, now, timer.timezone()));
    }

    public Timer reschedule(UUID id, Instant dueAt) {
        Instant at = Times.dueAt("dueAt", dueAt, Times.now(clock));
        return change(id, Change.RESCHEDULED, session -> batches.reschedule(session, List.of(id), at));
    }

    /** One that is paused is refused, also where that came in between: all is undone then. */
    public Timer fire(UUID id) {
        Instant now = Times.now(clock);
        return change(id, Change.FIRED, session -> {
            List<Timer> fired = batches.reschedule(session, List.of(id), now);
            fired.stream()
                    .filter(timer -> timer.status() == TimerStatus.PAUSED)
                    .findFirst()
                    .ifPresent(paused -> {
                        throw refused(paused, Change.FIRED);
                    });
            return fired;
        });
    }

    public Timer pause(UUID id) {
        return change(id, Change.PAUSED, session -> batches.pause(session, List.of(id)));
    }

    public Timer resume(UUID id) {
        Instant now = Times.now(clock);
        return change(id, Change.RESUMED, session -> batches.resume(session, List.of(id), now));
    }

    public Timer cancel(UUID id) {
        Instant now = Times.now(clock);
        return database.<Optional<Timer>>inTransaction(
                        session -> batches.cancel(session, List.of(id), now).isEmpty()
                                ? Optional.empty()
                                : session.timers().findFinished(id, Days.of(now)))
                .orElseThrow(() -> refused(id, Change.CANCELLED));
    }

    public Timer redrive(UUID id) {
        Timer dead = finder.timer(id).orElseThrow(() -> RefusedException.notFound("timer", id));
        Instant finishedAt = dead.finishedAt();
        if (finishedAt == null) {
            throw refused(dead, Change.REDRIVEN);
        }
        Instant now = Times.now(clock);
        return Redrive.twice(
                () -> change(id, Change.REDRIVEN, session -> redrive.one(session, id, finishedAt, now).stream()
                        .toList()));
    }

    private Timer change(UUID id, Change change, Function<Session, List<Timer>> work) {
        Timer changed = database.inTransaction(
                        session -> work.apply(session).stream().findFirst())
                .orElseThrow(() -> refused(id, change));
        if (changed.status() != TimerStatus.PAUSED) {
            triggers.signal(List.of(changed));
        }
        return changed;
    }

    /** After the transaction that found nothing to change. */
    private RefusedException refused(UUID id, Change change) {
        return finder.timer(id)
                .map(timer -> refused(timer, change))
                .orElseGet(() -> RefusedException.notFound("timer", id));
    }

    private static RefusedException refused(Timer timer, Change change) {
        UUID id = timer.id();
        TimerStatus status = timer.status();
        return switch (status) {
            case SCHEDULED, RETRYING ->
                change.refused("Timer", id, isOfWaiting(change) ? "being delivered right now" : status);
            case PAUSED ->
                RefusedException.conflict(
                        change == Change.RESUMED
                                ? "Timer " + id + " belongs to a run that is paused; resume the run"
                                : "Timer " + id + " is paused and can't be " + change + "; resume it first");
            case DELIVERED, DEAD, CANCELLED -> change.refused("Timer", id, status);
        };
    }

    /** Whether it is done to a timer that waits for its time. */
    private static boolean isOfWaiting(Change change) {
        return change != Change.RESUMED && change != Change.REDRIVEN;
    }
}
