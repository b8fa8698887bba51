package dev.bide.engine;

import dev.bide.delay.Delay;
import dev.bide.workflow.Database;
import dev.bide.workflow.Session;
import dev.bide.workflow.Timer;
import dev.bide.workflow.TimerStatus;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;

/** Changes one timer, and says why where it can't. */
final class TimerChanges {
    private final Database database;
    private final TimerSets sets;
    private final TimerTriggers triggers;
    private final InstantSource clock;

    TimerChanges(Database database, TimerSets sets, TimerTriggers triggers, InstantSource clock) {
        this.database = database;
        this.sets = sets;
        this.triggers = triggers;
        this.clock = clock;
    }

    Timer reschedule(UUID id, Delay delay) {
        Instant now = Times.now(clock);
        return change(
                id,
                "rescheduled",
                session -> sets.reschedule(session, List.of(id), timer -> Optional.of(waitingFor(delay, timer, now))));
    }

    /** The timer, waiting for {@code delay} from {@code now}. */
    static Timer waitingFor(Delay delay, Timer timer, Instant now) {
        return timer.waitingFor(delay).dueAt(Timers.dueAt(delay, now, timer.timezone()));
    }

    Timer reschedule(UUID id, Instant dueAt) {
        Instant at = Times.dueAt("dueAt", dueAt, Times.now(clock));
        return change(id, "rescheduled", session -> sets.reschedule(session, List.of(id), at));
    }

    Timer fire(UUID id) {
        Instant now = Times.now(clock);
        return change(id, "fired", session -> {
            boolean paused = session.timers()
                    .find(id)
                    .filter(timer -> timer.status() == TimerStatus.PAUSED)
                    .isPresent();
            return paused ? List.of() : sets.reschedule(session, List.of(id), now);
        });
    }

    Timer pause(UUID id) {
        return change(id, "paused", session -> sets.pause(session, List.of(id)));
    }

    Timer resume(UUID id) {
        Instant now = Times.now(clock);
        return change(id, "resumed", session -> sets.resume(session, List.of(id), now));
    }

    Timer cancel(UUID id) {
        Instant now = Times.now(clock);
        return database.inTransaction(session -> {
            if (sets.cancel(session, List.of(id), now).isEmpty()) {
                throw refused(session, id, "cancelled");
            }
            return session.timers().find(id).orElseThrow(() -> RefusedException.notFound("timer", id));
        });
    }

    Timer redrive(UUID id) {
        Instant now = Times.now(clock);
        return change(id, "redriven", session -> sets.redrive(session, List.of(id), now));
    }

    private Timer change(UUID id, String done, Function<Session, List<Timer>> change) {
        Timer changed = database.inTransaction(
                session -> change.apply(session).stream().findFirst().orElseThrow(() -> refused(session, id, done)));
        if (changed.status() != TimerStatus.PAUSED) {
            triggers.signal(List.of(changed));
        }
        return changed;
    }

    private static RefusedException refused(Session session, UUID id, String done) {
        return session.timers()
                .find(id)
                .map(timer -> RefusedException.conflict("Timer " + id + " " + why(timer, done)))
                .orElseGet(() -> RefusedException.notFound("timer", id));
    }

    private static String why(Timer timer, String done) {
        return switch (timer.status()) {
            case SCHEDULED, RETRYING ->
                done.equals("resumed") || done.equals("redriven")
                        ? "is " + timer.status() + " and can't be " + done
                        : "is being delivered right now and can't be " + done;
            case PAUSED ->
                done.equals("resumed")
                        ? "belongs to a run that is paused; resume the run"
                        : "is paused and can't be " + done + "; resume it first";
            case DELIVERED, DEAD, CANCELLED -> "is " + timer.status() + " and can't be " + done;
        };
    }
}
