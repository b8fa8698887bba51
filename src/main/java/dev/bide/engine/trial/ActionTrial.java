package dev.bide.engine.trial;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.bide.workflow.Action;
import org.jspecify.annotations.Nullable;

/**
 * What came of a call that was made to try its action, as the contract shows it.
 *
 * @param request as it was sent, but for its signature
 * @param outcome as of an attempt; {@code not-called} where the call could not be made now
 * @param answer the beginning of what was answered, where that is text
 * @param error what went wrong, or why it was not called
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record ActionTrial(
        Action request,
        String outcome,
        @Nullable Integer httpStatus,
        long durationMs,
        @Nullable String answer,
        @Nullable String error) {}
