package dev.bide.workflow.store;

import dev.bide.json.InvalidException;
import org.jspecify.annotations.Nullable;

/** Which part of a list: at most {@code limit} items, those after {@code cursor}. */
public record PageRequest(int limit, @Nullable Cursor cursor) {
    public static final int DEFAULT_LIMIT = 50;
    public static final int MOST = 500;

    public PageRequest {
        if (limit < 1 || limit > MOST) {
            throw new InvalidException("limit", "must be from 1 to " + MOST);
        }
    }
}
