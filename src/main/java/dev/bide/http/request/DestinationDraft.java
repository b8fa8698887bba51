package dev.bide.http.request;

import dev.bide.json.Fields;
import dev.bide.workflow.figures.DestinationRow;
import dev.bide.workflow.store.Operation;
import org.jspecify.annotations.Nullable;

/** What is to be set for a destination. */
public final class DestinationDraft {
    private DestinationDraft() {}

    /** Null means what is configured. */
    public record Limits(
            @Nullable Integer maxConcurrentCalls, @Nullable Integer callsPerSecond) {}

    public record Pause(@Nullable String reason) {}

    public static @Nullable Limits limits(Fields fields) {
        Integer most = limit(fields, "maxConcurrentCalls", DestinationRow.MOST_CONCURRENT_CALLS);
        Integer rate = limit(fields, "callsPerSecond", DestinationRow.MOST_CALLS_PER_SECOND);
        return fields.build(() -> new Limits(most, rate));
    }

    private static @Nullable Integer limit(Fields fields, String name, int most) {
        Long value = fields.wholeNumber(name);
        if (value != null && (value < 1 || value > most)) {
            fields.error(name, "must be from 1 to " + most);
            return null;
        }
        return value == null ? null : value.intValue();
    }

    public static @Nullable Pause pause(Fields fields) {
        String reason = fields.checked(fields.text("reason"), Operation::checkReason);
        return fields.build(() -> new Pause(reason));
    }
}
