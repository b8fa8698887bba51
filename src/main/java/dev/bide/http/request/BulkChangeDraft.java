package dev.bide.http.request;

import com.fasterxml.jackson.databind.JsonNode;
import dev.bide.json.Fields;
import dev.bide.json.InvalidException;
import dev.bide.workflow.RunDraft;
import dev.bide.workflow.RunStatus;
import dev.bide.workflow.TimerStatus;
import dev.bide.workflow.store.Operation;
import dev.bide.workflow.store.OperationKind;
import dev.bide.workflow.store.RunFilter;
import dev.bide.workflow.store.TimerFilter;
import java.time.Instant;
import java.util.HashSet;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A change to many, as a request asks for it.
 *
 * @param reason for people
 * @param dryRun only count them
 */
public record BulkChangeDraft(
        OperationKind kind,
        Operation.Request wanted,
        @Nullable String reason,
        boolean dryRun) {
    private static final Set<String> VERSIONS = Set.of("same", "latest");

    /** Of timers. */
    public static Function<Fields, @Nullable BulkChangeDraft> timers(OperationKind asked) {
        return fields -> {
            TimerFilter filter = fields.required("filter", name -> filter(asked, fields.object(name)));
            Integer limit = limit(fields);
            String reason = reason(fields);
            boolean dryRun = fields.flag("dryRun");
            Drafts.Reschedule to = asked == OperationKind.RESCHEDULE ? Drafts.reschedule(fields) : null;
            if (asked == OperationKind.RESCHEDULE && to == null) {
                return null;
            }
            return fields.build(() -> new BulkChangeDraft(
                    kind(asked, Objects.requireNonNull(filter)),
                    new Operation.Request(
                            filter,
                            Operation.END,
                            to == null ? null : to.delay(),
                            to == null ? null : to.dueAt(),
                            null,
                            null,
                            null,
                            limit),
                    reason,
                    dryRun));
        };
    }

    /** Of runs. */
    public static Function<Fields, @Nullable BulkChangeDraft> runs(OperationKind kind) {
        return fields -> {
            RunFilter filter = fields.required("filter", name -> runFilter(fields.object(name)));
            Integer limit = limit(fields);
            String reason = reason(fields);
            boolean dryRun = fields.flag("dryRun");
            Boolean latest = kind == OperationKind.REDRIVE_RUNS ? latest(fields) : null;
            return fields.build(() -> new BulkChangeDraft(
                    kind,
                    new Operation.Request(
                            TimerFilter.ALL,
                            Operation.END,
                            null,
                            null,
                            null,
                            Objects.requireNonNull(filter),
                            latest,
                            limit),
                    reason,
                    dryRun));
        };
    }

    /** The version it goes by is what is meant where none is named. */
    public static boolean latest(Fields fields) {
        String version = fields.text("version");
        if (version != null && !VERSIONS.contains(version)) {
            fields.error("version", "must be same or latest");
        }
        return "latest".equals(version);
    }

    /** To cancel what is dead is to dismiss it. */
    private static OperationKind kind(OperationKind asked, TimerFilter filter) {
        boolean dead = filter.problem() != null || filter.status().equals(Set.of(TimerStatus.DEAD));
        return asked == OperationKind.CANCEL && dead ? OperationKind.DISMISS : asked;
    }

    private static @Nullable Integer limit(Fields fields) {
        return fields.checked(fields.integer("limit"), Operation.Request::checkLimit);
    }

    private static @Nullable String reason(Fields fields) {
        return fields.checked(fields.text("reason"), Operation::checkReason);
    }

    /** Required, so that nobody changes all timers by forgetting it; an empty one means all. */
    private static @Nullable TimerFilter filter(OperationKind asked, @Nullable Fields fields) {
        if (fields == null) {
            return null;
        }
        UUID workflowId = id(fields, "workflowId");
        UUID taskId = id(fields, "taskId");
        UUID runId = id(fields, "runId");
        Set<TimerStatus> status = several(fields, "status", TimerStatus::of);
        Instant dueFrom = fields.instant("dueFrom");
        Instant dueTo = fields.instant("dueTo");
        String key = fields.checked(fields.text("key"), RunDraft::checkKey);
        String host = fields.text("host");
        if (host != null && host.length() > QueryParameters.LONGEST_HOST) {
            fields.error("host", "must have at most " + QueryParameters.LONGEST_HOST + " characters");
        }
        Long problem = parsed(fields, "problem", text -> WrittenIds.problem("problem", text));
        if (problem != null && !mayHaveProblem(asked, status)) {
            fields.error("problem", "is of dead timers alone");
        } else if (asked == OperationKind.CANCEL && status.contains(TimerStatus.DEAD) && status.size() > 1) {
            fields.error("status", "must not have dead beside others: dismissing those is a change of its own");
        }
        boolean others = workflowId != null
                || taskId != null
                || runId != null
                || dueFrom != null
                || dueTo != null
                || host != null
                || problem != null;
        if (key != null && others) {
            fields.error("key", "is of one timer; it goes with status alone");
        }
        return fields.build(
                () -> new TimerFilter(workflowId, taskId, runId, status, dueFrom, dueTo, key, host, problem));
    }

    private static boolean mayHaveProblem(OperationKind asked, Set<TimerStatus> status) {
        return (asked == OperationKind.CANCEL || asked == OperationKind.REDRIVE)
                && (status.isEmpty() || status.equals(Set.of(TimerStatus.DEAD)));
    }

    private static @Nullable RunFilter runFilter(@Nullable Fields fields) {
        if (fields == null) {
            return null;
        }
        UUID workflowId = id(fields, "workflowId");
        Set<RunStatus> status = several(fields, "status", RunStatus::of);
        String key = fields.checked(fields.text("key"), RunDraft::checkKey);
        return fields.build(() -> new RunFilter(workflowId, status, key));
    }

    private static @Nullable UUID id(Fields fields, String name) {
        return parsed(fields, name, text -> WrittenIds.field(name, text));
    }

    private static <T> @Nullable T parsed(Fields fields, String name, Function<String, T> parser) {
        String text = fields.text(name);
        return text == null ? null : fields.errors().check(fields.path(), () -> parser.apply(text));
    }

    /** A word, or a list of different ones; none where it is absent. */
    private static <T> Set<T> several(Fields fields, String name, Function<String, T> parser) {
        JsonNode value = fields.any(name);
        Set<T> found = new HashSet<>();
        if (value == null) {
            return found;
        }
        if (value.isTextual()) {
            add(fields, name, found, parser, value.textValue());
        } else if (value.isArray() && !value.isEmpty()) {
            for (JsonNode one : value) {
                if (!one.isTextual()) {
                    fields.error(name, "must be a string, or a list of strings");
                    return found;
                }
                add(fields, name, found, parser, one.textValue());
            }
        } else {
            fields.error(name, "must be a string, or a list of strings");
        }
        return found;
    }

    private static <T> void add(Fields fields, String name, Set<T> found, Function<String, T> parser, String text) {
        fields.errors().check(fields.path(), () -> {
            if (!found.add(parser.apply(text))) {
                throw new InvalidException(name, "must not hold one twice");
            }
            return text;
        });
    }
}
