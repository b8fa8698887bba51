package dev.bide.engine;

import dev.bide.delay.Delay;
import dev.bide.workflow.Page;
import dev.bide.workflow.PageRequest;
import dev.bide.workflow.Timer;
import dev.bide.workflow.TimerDraft;
import dev.bide.workflow.TimerFilter;
import java.time.Instant;
import java.util.List;
import java.util.UUID;

/** Making lone timers; watching and changing all timers. Thread-safe. */
public final class Timers {
    public Accepted<Timer> create(TimerDraft draft) {
        throw new UnsupportedOperationException();
    }

    /** Results in the order of the drafts. */
    public List<BulkResult> createAll(List<TimerDraft> drafts) {
        throw new UnsupportedOperationException();
    }

    public Timer get(UUID id) {
        throw new UnsupportedOperationException();
    }

    public Page<Timer> list(TimerFilter filter, PageRequest page) {
        throw new UnsupportedOperationException();
    }

    /** Waits anew, {@code delay} counted from now. */
    public Timer reschedule(UUID id, Delay delay) {
        throw new UnsupportedOperationException();
    }

    /** Waits until {@code dueAt}; a past time means now. */
    public Timer reschedule(UUID id, Instant dueAt) {
        throw new UnsupportedOperationException();
    }

    public Timer cancel(UUID id) {
        throw new UnsupportedOperationException();
    }

    public Timer pause(UUID id) {
        throw new UnsupportedOperationException();
    }

    public Timer resume(UUID id) {
        throw new UnsupportedOperationException();
    }

    /** Due now. */
    public Timer fire(UUID id) {
        throw new UnsupportedOperationException();
    }

    /** A dead timer gets a fresh set of attempts, its first one now; its failed run is active again. */
    public Timer redrive(UUID id) {
        throw new UnsupportedOperationException();
    }
}
