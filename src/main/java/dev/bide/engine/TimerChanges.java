package dev.bide.engine;

import dev.bide.delay.Delay;
import dev.bide.workflow.Database;
import dev.bide.workflow.Run;
import dev.bide.workflow.RunStatus;
import dev.bide.workflow.Session;
import dev.bide.workflow.Timer;
import dev.bide.workflow.TimerOwner;
import dev.bide.workflow.TimerSpec;
import dev.bide.workflow.TimerStatus;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneId;
import java.util.List;
import java.util.UUID;
import java.util.function.Function;

/**
 * Changes one timer that waits. The trigger decides: whoever changes its row first wins, the change or the delivery, and the other finds
 * nothing to do. So each change begins with the trigger, then locks the timer, then its run.
 */
final class TimerChanges {
    private final Database database;
    private final TimerTriggers triggers;
    private final InstantSource clock;

    TimerChanges(Database database, TimerTriggers triggers, InstantSource clock) {
        this.database = database;
        this.triggers = triggers;
        this.clock = clock;
    }

    Timer reschedule(UUID id, Delay delay) {
        Instant now = Times.now(clock);
        return replace(
                id,
                "rescheduled",
                timer -> {
                    ZoneId zone = delay.zoneOr(timer.timezone());
                    return waiting(
                            timer,
                            timer.status(),
                            Timers.dueAt(delay, now, zone),
                            timer.spec().withDelay(delay),
                            zone);
                },
                (session, timer) ->
                        triggers.replace(session, List.of(timer), now).contains(id));
    }

    Timer reschedule(UUID id, Instant dueAt) {
        Instant now = Times.now(clock);
        Times.checkWithinTenYears("dueAt", dueAt, now);
        Instant at = dueAt.isAfter(now) ? Times.wholeMillisecond(dueAt) : now;
        return replace(id, "rescheduled", timer -> dueAt(timer, timer.status(), at), this::replaceTrigger);
    }

    Timer fire(UUID id) {
        Instant now = Times.now(clock);
        return replace(
                id,
                "fired",
                timer -> {
                    if (timer.status() == TimerStatus.PAUSED) {
                        throw RefusedException.conflict("Timer " + id + " is paused; resume it first");
                    }
                    return dueAt(timer, timer.status(), now);
                },
                this::replaceTrigger);
    }

    Timer pause(UUID id) {
        return database.inTransaction(session -> {
            if (triggers.pause(session, List.of(id)).isEmpty()) {
                throw refused(session, id, "paused");
            }
            Timer paused = lock(session, id).as(TimerStatus.PAUSED);
            session.timers().update(List.of(paused));
            return paused;
        });
    }

    Timer resume(UUID id) {
        Instant now = Times.now(clock);
        Timer resumed = database.inTransaction(session -> {
            if (triggers.resume(session, List.of(id)).isEmpty()) {
                throw refused(session, id, "resumed");
            }
            Timer timer = lock(session, id);
            refuseIfRunPaused(session, timer);
            Timer waiting = resumed(timer, now);
            session.timers().update(List.of(waiting));
            return waiting;
        });
        triggers.signal(List.of(resumed));
        return resumed;
    }

    /** A paused timer that waits again; one whose time has passed is due now. */
    static Timer resumed(Timer timer, Instant now) {
        Instant next = timer.nextAttemptAt();
        return next != null && next.isAfter(now)
                ? timer.as(timer.unpaused())
                : timer.attemptsSpent() > 0
                        ? timer.as(TimerStatus.RETRYING).nextAttemptAt(now)
                        : dueAt(timer, TimerStatus.SCHEDULED, now);
    }

    Timer cancel(UUID id) {
        Instant now = Times.now(clock);
        return database.inTransaction(session -> {
            if (triggers.remove(session, List.of(id)).isEmpty()) {
                throw refused(session, id, "cancelled");
            }
            if (session.timers().cancel(List.of(id), now).isEmpty()) {
                throw RefusedException.notFound("timer", id);
            }
            Timer cancelled = session.timers().find(id).orElseThrow(() -> RefusedException.notFound("timer", id));
            cancelRun(session, cancelled, now);
            return cancelled;
        });
    }

    /** A run can't pass the task whose timer is gone. */
    private static void cancelRun(Session session, Timer timer, Instant now) {
        TimerOwner owner = timer.owner();
        if (owner != null) {
            List<Run> runs = session.runs().lock(List.of(owner.runId())).stream()
                    .filter(run -> timer.id().equals(run.timerId()))
                    .map(run -> run.as(RunStatus.CANCELLED, null, now))
                    .toList();
            session.runs().update(runs);
        }
    }

    Timer redrive(UUID id) {
        Instant now = Times.now(clock);
        Timer redriven = database.inTransaction(session -> {
            Timer timer = session.timers().redrive(id, now).orElseThrow(() -> refused(session, id, "redriven"));
            triggers.storeForNextAttempt(session, List.of(timer));
            TimerOwner owner = timer.owner();
            if (owner != null && !session.runs().revive(owner.runId(), now)) {
                throw RefusedException.conflict("Run " + owner.runId() + " of timer " + id + " has not failed");
            }
            return timer;
        });
        triggers.signal(List.of(redriven));
        return redriven;
    }

    private Timer replace(UUID id, String done, Function<Timer, Timer> change, Replacement replacement) {
        Timer changed = database.inTransaction(session -> {
            Timer before = session.timers()
                    .find(id)
                    .filter(timer -> timer.status().waiting())
                    .orElseThrow(() -> refused(session, id, done));
            Timer after = change.apply(before);
            if (!replacement.replace(session, after)) {
                throw refused(session, id, done);
            }
            // Its state may have changed since it was read; its delay and due time are what was asked for.
            Timer written = after.as(lock(session, id).status());
            session.timers().update(List.of(written));
            return written;
        });
        triggers.signal(List.of(changed));
        return changed;
    }

    private boolean replaceTrigger(Session session, Timer timer) {
        return !triggers.replaceForNextAttempt(session, List.of(timer)).isEmpty();
    }

    private static Timer lock(Session session, UUID id) {
        return session.timers().lock(List.of(id)).stream()
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("Timer " + id + " had a trigger but is not there"));
    }

    private static void refuseIfRunPaused(Session session, Timer timer) {
        TimerOwner owner = timer.owner();
        if (owner != null
                && session.runs().lock(List.of(owner.runId())).stream()
                        .anyMatch(run -> run.status() == RunStatus.PAUSED)) {
            throw RefusedException.conflict("Run " + owner.runId() + " is paused; resume that");
        }
    }

    private static RefusedException refused(Session session, UUID id, String done) {
        return session.timers()
                .find(id)
                .map(timer -> RefusedException.conflict(
                        timer.status().waiting()
                                        && timer.status() != TimerStatus.PAUSED
                                        && !done.equals("resumed")
                                        && !done.equals("redriven")
                                ? "Timer " + id + " is being delivered right now and can't be " + done
                                : "Timer " + id + " is " + timer.status() + " and can't be " + done))
                .orElseGet(() -> RefusedException.notFound("timer", id));
    }

    static Timer dueAt(Timer timer, TimerStatus status, Instant at) {
        return waiting(timer, status, at, timer.spec(), timer.timezone());
    }

    private static Timer waiting(Timer timer, TimerStatus status, Instant at, TimerSpec spec, ZoneId zone) {
        return new Timer(
                timer.id(),
                status,
                at,
                at,
                timer.createdAt(),
                zone,
                spec,
                timer.attemptsSpent(),
                timer.attempts(),
                timer.latenessMs(),
                timer.owner(),
                timer.key(),
                null);
    }

    private interface Replacement {
        boolean replace(Session session, Timer timer);
    }
}
