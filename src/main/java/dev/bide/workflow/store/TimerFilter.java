package dev.bide.workflow.store;

import com.fasterxml.jackson.annotation.JsonFormat;
import dev.bide.json.InvalidException;
import dev.bide.workflow.TimerStatus;
import java.time.Instant;
import java.util.Collections;
import java.util.EnumSet;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Which timers; null, or no status, means any. Due times from {@code dueFrom} up to but not at {@code dueTo}. Operations are stored with it, and nodes of two versions may
 * read them: so a name that stands here keeps its meaning, and a reader refuses names that it does not know, for it would change more than was asked for.
 *
 * @param status one of these; JSON of before has a single one
 * @param key of a lone timer
 * @param host {@code host:port}, or a host for its ports 443 and 80
 * @param problem that dead timers have in common
 */
public record TimerFilter(
        @Nullable UUID workflowId,
        @Nullable UUID taskId,
        @Nullable UUID runId,

        @JsonFormat(with = JsonFormat.Feature.ACCEPT_SINGLE_VALUE_AS_ARRAY)
        Set<TimerStatus> status,

        @Nullable Instant dueFrom,
        @Nullable Instant dueTo,
        @Nullable String key,
        @Nullable String host,
        @Nullable Long problem) {
    /** The order of a list. Each has cursors of its own. */
    public enum Order {
        /** By id, backwards. */
        NEWEST,
        /** By due time, then by id. */
        DUE,
        /** By when they died, backwards, then by id, backwards. */
        DEATH,
        /** By when they fire; those of one moment have numbers. */
        FIRING;

        /** Refuses a cursor of another order: it would silently mean some other place. */
        public PageRequest check(PageRequest page) {
            Cursor cursor = page.cursor();
            if (cursor != null && (cursor.at() == null) != (this == NEWEST)) {
                throw new InvalidException("cursor", "belongs to a list in another order");
            }
            return page;
        }
    }

    private static final Set<TimerStatus> DEAD = Set.of(TimerStatus.DEAD);

    /** Those whose triggers wait. */
    private static final Set<TimerStatus> FIRING = Set.of(TimerStatus.SCHEDULED, TimerStatus.RETRYING);

    public static final TimerFilter ALL = new TimerFilter(null, null, null, null, null, null);

    public TimerFilter {
        if (dueFrom != null && dueTo != null && dueTo.isBefore(dueFrom)) {
            throw new InvalidException("dueTo", "must not be before dueFrom");
        }
        EnumSet<TimerStatus> some = EnumSet.noneOf(TimerStatus.class);
        // Null where it is read from JSON without it.
        if (status != null) {
            some.addAll(status);
        }
        status = Collections.unmodifiableSet(some);
    }

    public TimerFilter(
            @Nullable UUID workflowId,
            @Nullable UUID taskId,
            @Nullable UUID runId,
            @Nullable TimerStatus status,
            @Nullable Instant dueFrom,
            @Nullable Instant dueTo) {
        this(workflowId, taskId, runId, status == null ? Set.of() : Set.of(status), dueFrom, dueTo, null, null, null);
    }

    /** Those of them that are of one run. */
    public TimerFilter ofRun(UUID run) {
        return new TimerFilter(workflowId, taskId, run, status, dueFrom, dueTo, key, host, problem);
    }

    /** Those of them that are in this state. */
    public TimerFilter in(TimerStatus one) {
        return new TimerFilter(workflowId, taskId, runId, Set.of(one), dueFrom, dueTo, key, host, problem);
    }

    /** It asks for a destination, and for nothing else but states. */
    public boolean ofHostAlone() {
        return host != null
                && workflowId == null
                && taskId == null
                && runId == null
                && dueFrom == null
                && dueTo == null
                && key == null
                && problem == null;
    }

    /** Whether the states leave this one in. */
    public boolean admits(TimerStatus one) {
        return status.isEmpty() || status.contains(one);
    }

    /** The states that are left: with a problem, or of a host without a state, not all are. */
    public Set<TimerStatus> listed() {
        if (!status.isEmpty()) {
            return status;
        }
        if (problem != null) {
            return DEAD;
        }
        return host == null ? EnumSet.allOf(TimerStatus.class) : FIRING;
    }

    /** In which order they are listed; {@link InvalidException} for what no index finds. */
    public Order order() {
        Set<TimerStatus> listed = listed();
        if (key != null && !equals(new TimerFilter(null, null, null, status, null, null, key, null, null))) {
            throw new InvalidException("key", "goes with no filter but status");
        }
        if (problem != null && !listed.equals(DEAD)) {
            throw new InvalidException("problem", "is of dead timers alone");
        }
        if (key != null) {
            return Order.NEWEST;
        }
        // Those of a run are found by the run, which has few.
        if (listed.equals(DEAD) && (runId == null || host != null || problem != null)) {
            return Order.DEATH;
        }
        if (host != null && FIRING.containsAll(listed)) {
            return Order.FIRING;
        }
        if (host != null && !listed.equals(Set.of(TimerStatus.PAUSED))) {
            throw new InvalidException("host", "goes with status dead, with paused, or with scheduled and retrying");
        }
        boolean byTime = dueFrom != null || dueTo != null || taskId != null;
        return byTime && host == null ? Order.DUE : Order.NEWEST;
    }
}
