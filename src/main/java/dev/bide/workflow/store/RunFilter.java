package dev.bide.workflow.store;

import dev.bide.workflow.RunStatus;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Which runs; null means any. */
public record RunFilter(
        @Nullable UUID workflowId,
        @Nullable RunStatus status,
        @Nullable String key) {}
