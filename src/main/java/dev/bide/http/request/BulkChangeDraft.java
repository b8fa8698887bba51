package dev.bide.http.request;

import dev.bide.delay.Delay;
import dev.bide.json.Fields;
import dev.bide.workflow.TimerStatus;
import dev.bide.workflow.store.TimerFilter;
import java.time.Instant;
import java.util.Objects;
import java.util.UUID;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A change to many timers, as a request asks for it.
 *
 * @param dryRun only count them
 * @param delay of a reschedule; or
 * @param dueAt that it sets
 */
public record BulkChangeDraft(
        TimerFilter filter,
        boolean dryRun,
        @Nullable Delay delay,
        @Nullable Instant dueAt) {

    public static @Nullable BulkChangeDraft change(Fields fields) {
        TimerFilter filter = fields.required("filter", name -> filter(fields.object(name)));
        boolean dryRun = fields.flag("dryRun");
        return fields.build(() -> new BulkChangeDraft(Objects.requireNonNull(filter), dryRun, null, null));
    }

    public static @Nullable BulkChangeDraft reschedule(Fields fields) {
        TimerFilter filter = fields.required("filter", name -> filter(fields.object(name)));
        boolean dryRun = fields.flag("dryRun");
        Drafts.Reschedule to = Drafts.reschedule(fields);
        return to == null || filter == null ? null : new BulkChangeDraft(filter, dryRun, to.delay(), to.dueAt());
    }

    /** Required, so that nobody changes all timers by forgetting it; an empty one means all. */
    private static @Nullable TimerFilter filter(@Nullable Fields fields) {
        if (fields == null) {
            return null;
        }
        UUID workflowId = id(fields, "workflowId");
        UUID taskId = id(fields, "taskId");
        UUID runId = id(fields, "runId");
        TimerStatus status = parsed(fields, "status", TimerStatus::of);
        Instant dueFrom = fields.instant("dueFrom");
        Instant dueTo = fields.instant("dueTo");
        return fields.build(() -> new TimerFilter(workflowId, taskId, runId, status, dueFrom, dueTo));
    }

    private static @Nullable UUID id(Fields fields, String name) {
        return parsed(fields, name, text -> WrittenIds.field(name, text));
    }

    private static <T> @Nullable T parsed(Fields fields, String name, Function<String, T> parser) {
        String text = fields.text(name);
        return text == null ? null : fields.errors().check(fields.path(), () -> parser.apply(text));
    }
}
