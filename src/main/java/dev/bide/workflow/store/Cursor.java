package dev.bide.workflow.store;

import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Where a page of a list ended.
 *
 * @param at of the last item, where the list is in order of a time, else null
 * @param id of the last item, or a number where the list has those
 */
public record Cursor(@Nullable Instant at, UUID id) {
    /** In a list whose places have numbers. */
    public static Cursor numbered(@Nullable Instant at, long number) {
        return new Cursor(at, new UUID(0, number));
    }

    /** Of one of those. */
    public long number() {
        return id.getLeastSignificantBits();
    }
}
