package dev.bide.engine.change;

import dev.bide.engine.quartz.TimerTriggers;
import dev.bide.workflow.RefusedException;
import dev.bide.workflow.Run;
import dev.bide.workflow.RunStatus;
import dev.bide.workflow.Timer;
import dev.bide.workflow.TimerStatus;
import dev.bide.workflow.Times;
import dev.bide.workflow.store.Database;
import dev.bide.workflow.store.Session;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Changes one run, and its timer where that waits. In the one lock order: trigger, timer, run. So the run is read before it is locked; if it
 * has gone on to another timer meanwhile, all is undone and begun again.
 */
public final class RunChanges {
    /** A run that goes on to another timer this often within one request is not what workflows are for. */
    private static final int TRIES = 20;

    private final Database database;
    private final TimerTriggers triggers;
    private final InstantSource clock;
    private final Finder finder;

    public RunChanges(Database database, TimerTriggers triggers, InstantSource clock) {
        this.database = database;
        this.triggers = triggers;
        this.clock = clock;
        this.finder = new Finder(database);
    }

    public void cancel(UUID id) {
        Instant now = Times.now(clock);
        change(
                id,
                Change.CANCELLED,
                List.of(RunStatus.ACTIVE, RunStatus.PAUSED),
                RunStatus.CANCELLED,
                now,
                (session, timerId) -> {
                    if (!triggers.remove(session, List.of(timerId)).isEmpty()) {
                        session.timers().cancel(List.of(timerId), now);
                    }
                    return null;
                });
    }

    public void pause(UUID id) {
        Instant now = Times.now(clock);
        change(id, Change.PAUSED, List.of(RunStatus.ACTIVE), RunStatus.PAUSED, now, (session, timerId) -> {
            if (!triggers.pause(session, List.of(timerId)).isEmpty()) {
                session.timers()
                        .update(session.timers().lock(List.of(timerId)).stream()
                                .map(timer -> timer.as(TimerStatus.PAUSED))
                                .toList());
            }
            return null;
        });
    }

    public void resume(UUID id) {
        Instant now = Times.now(clock);
        change(id, Change.RESUMED, List.of(RunStatus.PAUSED), RunStatus.ACTIVE, now, (session, timerId) -> {
            if (triggers.resume(session, List.of(timerId)).isEmpty()) {
                return null;
            }
            List<Timer> timers = session.timers().lock(List.of(timerId));
            if (!session.timers().pausedAlone(List.of(timerId)).isEmpty()) {
                // It was paused before its run was, and stays so.
                triggers.pause(session, List.of(timerId));
                return null;
            }
            List<Timer> resumed = timers.stream()
                    .map(timer -> TimerBatches.resumed(timer, now))
                    .toList();
            session.timers().update(resumed);
            return resumed.isEmpty() ? null : resumed.get(0);
        });
    }

    private void change(
            UUID id, Change change, List<RunStatus> from, RunStatus to, Instant now, TimerChange timerChange) {
        for (int i = 0; i < TRIES; i++) {
            try {
                Optional<Timer> stored = database.inTransaction(session -> {
                    Run seen = session.runs().find(id).orElseThrow(Finished::new);
                    if (!from.contains(seen.status())) {
                        throw change.refused("Run", id, seen.status());
                    }
                    UUID timerId = seen.timerId();
                    Timer timer = timerId == null ? null : timerChange.apply(session, timerId);
                    Run locked = session.runs().lock(List.of(id)).stream()
                            .findFirst()
                            .orElse(null);
                    if (locked == null
                            || locked.status() != seen.status()
                            || !Objects.equals(locked.timerId(), timerId)) {
                        throw new MovedOn();
                    }
                    session.runs().update(List.of(locked.as(to, null, now)));
                    return Optional.ofNullable(timer);
                });
                stored.ifPresent(timer -> triggers.signal(List.of(timer)));
                return;
            } catch (MovedOn e) {
                // Undone; look again.
            } catch (Finished e) {
                Run over = finder.run(id).orElseThrow(() -> RefusedException.notFound("run", id));
                if (over.status().finished()) {
                    throw change.refused("Run", id, over.status());
                }
                // Redriven meanwhile; look again.
            }
        }
        throw RefusedException.conflict(
                "Run " + id + " goes from task to task too fast to be " + change + "; try again");
    }

    private interface TimerChange {
        /** Returns the timer, where its trigger fires again. */
        @Nullable
        Timer apply(Session session, UUID timerId);
    }

    /** It does not go on, if it is there at all. */
    private static final class Finished extends RuntimeException {
        private static final long serialVersionUID = 1L;

        Finished() {
            super(null, null, false, false);
        }
    }

    /** The run was changed between reading and locking it. */
    private static final class MovedOn extends RuntimeException {
        private static final long serialVersionUID = 1L;

        MovedOn() {
            super(null, null, false, false);
        }
    }
}
