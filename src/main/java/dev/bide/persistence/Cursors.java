package dev.bide.persistence;

import dev.bide.workflow.Cursor;
import dev.bide.workflow.Timer;

/** Where a page of timers ends, in either order. */
final class Cursors {
    private Cursors() {}

    static Cursor byId(Timer timer) {
        return new Cursor(null, timer.id());
    }

    static Cursor byDueTime(Timer timer) {
        return new Cursor(timer.dueAt(), timer.id());
    }
}
