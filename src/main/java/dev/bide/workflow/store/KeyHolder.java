package dev.bide.workflow.store;

import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What has a key: a timer or a run.
 *
 * @param finishedAt null where it is not finished
 */
public record KeyHolder(UUID id, @Nullable Instant finishedAt) {}
