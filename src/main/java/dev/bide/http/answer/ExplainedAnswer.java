package dev.bide.http.answer;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.bide.delay.DueTime;
import dev.bide.delay.Explanation;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import org.jspecify.annotations.Nullable;

/**
 * A due time that explains itself.
 *
 * @param dueAt null where the task would be skipped
 * @param local the same with the zone's offset
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record ExplainedAnswer(
        @JsonInclude(JsonInclude.Include.ALWAYS) @Nullable Instant dueAt,
        @Nullable String local,
        ZoneId timezone,
        String rule,
        @Nullable ClockChangeAnswer clockChange) {

    /** @param explained of a delay that can be used */
    public static ExplainedAnswer of(Explanation explained) {
        return new ExplainedAnswer(
                explained.due() instanceof DueTime.Due due ? due.at() : null,
                local(explained),
                explained.zone(),
                explained.rule(),
                ClockChangeAnswer.of(explained.clockChange()));
    }

    static @Nullable String local(Explanation explained) {
        OffsetDateTime local = explained.local();
        return local == null ? null : DateTimeFormatter.ISO_OFFSET_DATE_TIME.format(local);
    }
}
