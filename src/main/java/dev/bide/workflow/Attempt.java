package dev.bide.workflow;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * One call to the third party.
 *
 * @param number from 1; a redriven timer counts on
 * @param outcome {@code delivered}, {@code failed} (worth another attempt) or {@code refused} (final)
 * @param error what went wrong, for people
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record Attempt(
        int number,
        Instant startedAt,
        long durationMs,
        String outcome,
        @Nullable Integer httpStatus,
        @Nullable String error) {}
