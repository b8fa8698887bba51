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
 * @param answer the beginning of what was answered to one that did not deliver, where that is text
 * @param traceId under which it is found where traces go; null where it was not sent there
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record Attempt(
        int number,
        Instant startedAt,
        long durationMs,
        String outcome,
        @Nullable Integer httpStatus,
        @Nullable String error,
        @Nullable String answer,
        @Nullable String traceId) {

    /** One that was answered nothing worth keeping. */
    public Attempt(
            int number,
            Instant startedAt,
            long durationMs,
            String outcome,
            @Nullable Integer httpStatus,
            @Nullable String error) {
        this(number, startedAt, durationMs, outcome, httpStatus, error, null, null);
    }
}
