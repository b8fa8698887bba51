package dev.bide.engine.trial;

import dev.bide.json.InvalidException;
import dev.bide.workflow.JsonText;
import java.time.Instant;
import java.time.ZoneId;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A run as a user wants to see it on paper.
 *
 * @param input a JSON object, as of a run
 * @param from when it starts, or leaves {@code afterTaskId}; null means now
 * @param version of its workflow; null means the newest
 * @param afterTaskId only what follows this task; null for all
 */
public record SimulationDraft(
        JsonText input,
        @Nullable ZoneId timezone,
        @Nullable Instant from,
        @Nullable Integer version,
        @Nullable UUID afterTaskId) {
    public SimulationDraft {
        if (!input.isObject()) {
            throw new InvalidException("input", "must be a JSON object");
        }
        if (version != null && version < 1) {
            throw new InvalidException("version", "must be at least 1");
        }
    }
}
