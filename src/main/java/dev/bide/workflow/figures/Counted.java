package dev.bide.workflow.figures;

import dev.bide.json.InvalidException;

/**
 * How many there are, as far as they were counted.
 *
 * @param exact false where there are more than were counted, or where it is an estimate
 */
public record Counted(long count, boolean exact) {
    public Counted {
        if (count < 0) {
            throw new InvalidException("count", "must not be negative");
        }
    }

    /** What came of counting to {@code most}, where the statement stops one beyond it. */
    public static Counted upTo(long most, long counted) {
        return new Counted(Math.min(counted, most), counted <= most);
    }

    /** As many, for all that is known: it was counted some time ago. */
    public Counted roughly() {
        return new Counted(count, false);
    }
}
