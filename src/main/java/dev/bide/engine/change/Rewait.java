package dev.bide.engine.change;

import dev.bide.delay.DueTime;
import dev.bide.workflow.Task;
import java.time.Instant;
import java.time.ZoneId;
import java.util.Optional;

/** When a timer that waits is due by another version of its task: one rule for what moves runs to it, and for what tells beforehand. */
final class Rewait {
    private Rewait() {}

    /**
     * Counted anew from when the wait began. A past time means now, as in any change: nobody was late for it.
     *
     * @param zone for a delay that names none of its own
     * @return empty where it stays as it is: an attempt was spent, or the new delay can't give a time
     */
    static Optional<Instant> of(Instant createdAt, int attemptsSpent, Task task, ZoneId zone, Instant now) {
        return attemptsSpent == 0 && task.delay().dueTime(createdAt, zone) instanceof DueTime.Due anew
                ? Optional.of(anew.at().isBefore(now) ? now : anew.at())
                : Optional.empty();
    }
}
