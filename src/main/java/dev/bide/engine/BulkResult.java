package dev.bide.engine;

import dev.bide.workflow.RefusedException;
import java.util.UUID;

/** What one item of a bulk call came to. */
public sealed interface BulkResult {
    /** It is on disk; or it was there before, by its key. */
    record Stored(UUID id, boolean created) implements BulkResult {}

    /** It was refused; nothing of it is stored. */
    record Refused(RefusedException why) implements BulkResult {}
}
