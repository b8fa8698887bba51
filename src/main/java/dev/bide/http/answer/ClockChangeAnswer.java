package dev.bide.http.answer;

import dev.bide.delay.ClockChange;
import java.time.format.DateTimeFormatter;
import org.jspecify.annotations.Nullable;

/** @param local the local time that was asked for */
public record ClockChangeAnswer(ClockChange.Kind kind, String local) {

    static @Nullable ClockChangeAnswer of(@Nullable ClockChange change) {
        return change == null
                ? null
                : new ClockChangeAnswer(change.kind(), DateTimeFormatter.ISO_LOCAL_DATE_TIME.format(change.local()));
    }
}
