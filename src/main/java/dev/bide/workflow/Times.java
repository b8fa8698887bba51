package dev.bide.workflow;

import dev.bide.delay.Delay;
import dev.bide.delay.DueTime;
import dev.bide.json.FieldError;
import dev.bide.json.FieldPath;
import dev.bide.json.Instants;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.Optional;

/** The time as the contract has it. */
public final class Times {
    private static final FieldPath DELAY = FieldPath.ROOT.field("delay");

    private Times() {}

    /** Now, in whole milliseconds: what is answered and what is stored are then the same. */
    public static Instant now(InstantSource clock) {
        return clock.instant().truncatedTo(ChronoUnit.MILLIS);
    }

    /**
     * A due time that a user names, as it is stored: a past one means now; one that nobody can mean is refused, by the limit that holds for
     * delays too.
     */
    public static Instant dueAt(String field, Instant dueAt, Instant now) {
        if (dueAt.isAfter(
                now.atZone(ZoneOffset.UTC).plusYears(Delay.LONGEST_YEARS).toInstant())) {
            throw RefusedException.invalid(field, "must be at most " + Delay.LONGEST_YEARS + " years ahead");
        }
        return dueAt.isAfter(now) ? Instants.up(dueAt) : now;
    }

    /** When a wait of {@code delay} is over that begins at {@code from}; refused where it never is. */
    public static Instant dueAt(Delay delay, Instant from, ZoneId zone) {
        DueTime due = delay.dueTime(from, zone);
        if (due instanceof DueTime.Due at) {
            return at.at();
        }
        throw RefusedException.invalid(fault(due).stream().toList());
    }

    /** Why a timer can't wait so; empty where it can. */
    public static Optional<FieldError> fault(DueTime due) {
        if (due instanceof DueTime.Due) {
            return Optional.empty();
        }
        return Optional.of(
                due instanceof DueTime.Rejected why
                        ? DELAY.error(why.error())
                        : DELAY.field("date").error("has passed, and a timer that is skipped would never do anything"));
    }
}
