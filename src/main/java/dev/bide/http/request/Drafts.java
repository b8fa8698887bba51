package dev.bide.http.request;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.bide.delay.Delay;
import dev.bide.delay.ZoneNames;
import dev.bide.engine.Asked;
import dev.bide.engine.trial.ActionTrialDraft;
import dev.bide.engine.trial.SimulationDraft;
import dev.bide.json.FieldPath;
import dev.bide.json.Fields;
import dev.bide.json.Reading;
import dev.bide.workflow.Action;
import dev.bide.workflow.JsonText;
import dev.bide.workflow.Refusal;
import dev.bide.workflow.RetryPolicy;
import dev.bide.workflow.RunDraft;
import dev.bide.workflow.TaskDraft;
import dev.bide.workflow.TimerDraft;
import dev.bide.workflow.TimerSpec;
import dev.bide.workflow.Workflow;
import dev.bide.workflow.WorkflowDraft;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** What requests ask for, as the engine's values. Each is null where an error was noted. */
public final class Drafts {
    /** Tells what exists already, so it is read however much else is wrong. */
    public static final String KEY = "key";

    private Drafts() {}

    /** What was read of something new, for the engine. */
    public static <D> Asked<D> asked(Reading<D> read) {
        String key = read.always() != null && RunDraft.isKey(read.always()) ? read.always() : null;
        return read.draft() == null ? Asked.refused(key, Refusal.invalid(read.errors())) : Asked.of(key, read.draft());
    }

    /** A task and where it is to stand; null means the end, or where it stands. */
    public record PlacedTask(TaskDraft task, @Nullable Integer position) {}

    /** A new time for a timer: one of the two. */
    public record Reschedule(
            @Nullable Delay delay, @Nullable Instant dueAt) {}

    /**
     * @param from when the waits begin; none means now
     * @param listed whether a list was sent, be it of one
     */
    public record Preview(Delay delay, List<Instant> from, boolean listed, ZoneId timezone) {
        /** Of the times of a list. */
        public static final int MOST = 20;

        public Preview {
            from = List.copyOf(from);
        }
    }

    public static @Nullable WorkflowDraft newWorkflow(Fields fields) {
        return workflow(fields, false);
    }

    /** Also takes back what a GET answered. */
    public static @Nullable WorkflowDraft changedWorkflow(Fields fields) {
        fields.ignore("id", "version", "createdAt", "updatedAt", "archivedAt");
        return workflow(fields, true);
    }

    private static @Nullable WorkflowDraft workflow(Fields fields, boolean changed) {
        String name = fields.checked(fields.requiredText("name"), Workflow::checkName);
        String description = fields.checked(fields.text("description"), Workflow::checkDescription);
        ZoneId timezone = timezone(fields);
        List<TaskDraft> tasks = tasks(fields, changed);
        Workflow.Endings endings =
                new Workflow.Endings(action(fields.object("onCompleted")), action(fields.object("onFailed")));
        return fields.build(
                () -> new WorkflowDraft(Objects.requireNonNull(name), description, timezone, tasks, endings));
    }

    private static List<TaskDraft> tasks(Fields fields, boolean changed) {
        JsonNode list = fields.any("tasks");
        if (list == null) {
            return List.of();
        }
        if (!list.isArray()) {
            fields.error("tasks", "must be a list");
            return List.of();
        }
        if (list.size() > Workflow.MOST_TASKS) {
            fields.error("tasks", Workflow.MOST_TASKS_RULE);
            return List.of();
        }
        List<TaskDraft> tasks = new ArrayList<>(list.size());
        for (int i = 0; i < list.size(); i++) {
            FieldPath path = fields.path().field("tasks").element(i);
            if (list.get(i) instanceof ObjectNode object) {
                Fields members = new Fields(object, path, fields.errors());
                TaskDraft task = task(members, changed ? id(members) : null);
                if (task != null) {
                    tasks.add(task);
                }
            } else {
                fields.errors().add(path, "must be an object");
            }
        }
        return tasks;
    }

    private static @Nullable UUID id(Fields fields) {
        String text = fields.text("id");
        if (text == null) {
            return null;
        }
        return WrittenIds.parse(text).orElseGet(() -> {
            fields.error("id", "must be the id of a task of this workflow; a new task has none");
            return null;
        });
    }

    public static @Nullable PlacedTask newTask(Fields fields) {
        Integer position = position(fields);
        TaskDraft task = task(fields, null);
        return task == null ? null : new PlacedTask(task, position);
    }

    /** Also takes back the id that a GET answered. */
    public static @Nullable PlacedTask changedTask(Fields fields) {
        fields.ignore("id");
        return newTask(fields);
    }

    private static @Nullable Integer position(Fields fields) {
        Integer position = fields.integer("position");
        if (position != null && position < 0) {
            fields.error("position", "must be at least 0");
        }
        return position;
    }

    private static @Nullable TaskDraft task(Fields fields, @Nullable UUID id) {
        String name = fields.checked(fields.requiredText("name"), Workflow::checkName);
        Delay delay = fields.required("delay", field -> delay(fields, field));
        Action action = fields.required("action", field -> action(fields.object(field)));
        RetryPolicy retry = retry(fields);
        Duration timeout = timeout(fields);
        return fields.build(() -> new TaskDraft(
                id,
                Objects.requireNonNull(name),
                Objects.requireNonNull(delay),
                Objects.requireNonNull(action),
                retry,
                timeout));
    }

    public static @Nullable TimerDraft timer(Fields fields) {
        String key = fields.checked(fields.text(KEY), RunDraft::checkKey);
        Delay delay = fields.required("delay", field -> delay(fields, field));
        Action action = fields.required("action", field -> action(fields.object(field)));
        RetryPolicy retry = retry(fields);
        Duration timeout = timeout(fields);
        ZoneId timezone = timezone(fields);
        return fields.build(() -> new TimerDraft(
                key, Objects.requireNonNull(delay), Objects.requireNonNull(action), retry, timeout, timezone));
    }

    /** @param inputLimit bytes of the input as JSON */
    public static @Nullable RunDraft run(Fields fields, int inputLimit) {
        String key = fields.checked(fields.text(KEY), RunDraft::checkKey);
        ZoneId timezone = timezone(fields);
        JsonText input = input(fields, inputLimit);
        return fields.build(() -> new RunDraft(key, timezone, input));
    }

    private static JsonText input(Fields fields, int limit) {
        JsonNode input = fields.any("input");
        if (input != null && input.toString().getBytes(UTF_8).length > limit) {
            fields.error("input", "must be at most " + limit + " bytes");
        }
        return input == null ? JsonText.EMPTY_OBJECT : JsonText.of(input);
    }

    /** @param inputLimit bytes of the input as JSON */
    public static @Nullable ActionTrialDraft actionTrial(Fields fields, int inputLimit) {
        Action action = fields.required("action", field -> action(fields.object(field)));
        JsonText input = input(fields, inputLimit);
        Duration timeout = timeout(fields);
        return fields.build(() -> new ActionTrialDraft(Objects.requireNonNull(action), input, timeout));
    }

    /** @param inputLimit bytes of the input as JSON */
    public static @Nullable SimulationDraft simulation(Fields fields, int inputLimit) {
        JsonText input = input(fields, inputLimit);
        ZoneId timezone = timezone(fields);
        Instant from = fields.instant("from");
        Integer version = fields.integer("version");
        String after = fields.text("afterTaskId");
        UUID afterTask = after == null
                ? null
                : fields.errors().check(fields.path(), () -> WrittenIds.field("afterTaskId", after));
        return fields.build(() -> new SimulationDraft(input, timezone, from, version, afterTask));
    }

    public static @Nullable Reschedule reschedule(Fields fields) {
        int errorsBefore = fields.errors().count();
        Delay delay = delay(fields, "delay");
        Instant dueAt = fields.instant("dueAt");
        if (fields.errors().count() == errorsBefore && (delay == null) == (dueAt == null)) {
            fields.error(
                    delay == null ? "delay" : "dueAt",
                    delay == null ? "or dueAt is required" : "and delay exclude each other");
        }
        return fields.build(() -> new Reschedule(delay, dueAt));
    }

    public static @Nullable Preview preview(Fields fields) {
        Delay delay = fields.required("delay", field -> delay(fields, field));
        boolean listed = fields.holdsList("from");
        List<Instant> from = listed
                ? fields.instants("from", Preview.MOST)
                : Stream.ofNullable(fields.instant("from")).toList();
        ZoneId timezone = timezone(fields);
        return fields.build(() -> new Preview(
                Objects.requireNonNull(delay), from, listed, timezone == null ? ZoneId.of("UTC") : timezone));
    }

    private static @Nullable Delay delay(Fields fields, String name) {
        JsonNode value = fields.any(name);
        if (value instanceof ObjectNode members) {
            return fields.errors().check(fields.path().field(name), () -> Delay.fromJson(members));
        }
        if (value != null) {
            fields.error(name, "must be an object");
        }
        return null;
    }

    private static @Nullable ZoneId timezone(Fields fields) {
        String name = fields.text("timezone");
        return name == null ? null : fields.errors().check(fields.path(), () -> ZoneNames.parse(name));
    }

    private static @Nullable Action action(@Nullable Fields fields) {
        if (fields == null) {
            return null;
        }
        String method = fields.text("method");
        String url = fields.requiredText("url");
        Map<String, String> headers = headers(fields);
        JsonNode body = fields.any("body");
        return fields.build(() -> Action.of(method, url, headers, body == null ? null : JsonText.of(body)));
    }

    private static Map<String, String> headers(Fields action) {
        Map<String, String> headers = new LinkedHashMap<>();
        Fields fields = action.object("headers");
        if (fields != null) {
            for (String name : fields.names()) {
                headers.put(name, "");
            }
            headers.replaceAll((name, none) -> {
                String value = fields.requiredText(name);
                return value == null ? "" : value;
            });
        }
        return headers;
    }

    private static RetryPolicy retry(Fields parent) {
        Fields fields = parent.object("retry");
        if (fields == null) {
            return RetryPolicy.DEFAULT;
        }
        Integer maxRetries = fields.integer("maxRetries");
        Duration initialBackoff = fields.duration("initialBackoff");
        Double multiplier = fields.number("multiplier");
        Duration maxBackoff = fields.duration("maxBackoff");
        RetryPolicy retry = fields.build(() -> RetryPolicy.of(maxRetries, initialBackoff, multiplier, maxBackoff));
        return retry == null ? RetryPolicy.DEFAULT : retry;
    }

    private static Duration timeout(Fields fields) {
        Duration timeout = fields.checked(fields.duration("timeout"), TimerSpec::checkTimeout);
        return timeout == null ? TimerSpec.DEFAULT_TIMEOUT : timeout;
    }
}
