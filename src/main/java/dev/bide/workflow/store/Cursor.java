package dev.bide.workflow.store;

import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Where a page of a list ended.
 *
 * @param dueAt of the last item where the list is in order of due time, else null
 * @param id of the last item
 */
public record Cursor(@Nullable Instant dueAt, UUID id) {}
