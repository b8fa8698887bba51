package dev.bide.engine;

import dev.bide.delivery.ActionProblem;
import dev.bide.engine.change.OperationRunner;
import dev.bide.engine.change.VersionPreview;
import dev.bide.engine.deliver.Actions;
import dev.bide.engine.figures.Waiting;
import dev.bide.json.FieldError;
import dev.bide.json.FieldPath;
import dev.bide.workflow.Action;
import dev.bide.workflow.Ids;
import dev.bide.workflow.RefusedException;
import dev.bide.workflow.Task;
import dev.bide.workflow.TaskDraft;
import dev.bide.workflow.TaskMatching;
import dev.bide.workflow.Times;
import dev.bide.workflow.Workflow;
import dev.bide.workflow.WorkflowDraft;
import dev.bide.workflow.figures.TaskChange;
import dev.bide.workflow.figures.WaitingTask;
import dev.bide.workflow.store.Database;
import dev.bide.workflow.store.Page;
import dev.bide.workflow.store.PageRequest;
import dev.bide.workflow.store.Session;
import dev.bide.workflow.store.WorkflowStore;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Making and changing workflows. Thread-safe. {@code expectedVersion} is of {@code If-Match}: a stale one is refused, null means any. */
public final class Workflows {
    private final Database reads;
    private final Database database;
    private final Actions actions;
    private final Waiting waiting;
    private final OperationRunner operations;
    private final InstantSource clock;

    /**
     * @param reads for reading alone
     * @param database for changes, and for what is read to make them
     */
    Workflows(Database reads, Database database, Actions actions, OperationRunner operations, InstantSource clock) {
        this.reads = reads;
        this.database = database;
        this.actions = actions;
        this.waiting = new Waiting(reads);
        this.operations = operations;
        this.clock = clock;
    }

    public Workflow create(WorkflowDraft draft) {
        List<Task> tasks = TaskMatching.tasks(List.of(), draft.tasks());
        checkCount(tasks);
        checkActions(null, tasks, draft.endings());
        Instant now = Times.now(clock);
        Workflow workflow = new Workflow(
                Ids.next(),
                1,
                draft.name(),
                draft.description(),
                draft.timezone(),
                tasks,
                draft.endings(),
                now,
                now,
                null);
        return database.inTransaction(session -> {
            session.workflows().insert(workflow);
            return workflow;
        });
    }

    public Workflow get(UUID id) {
        return reads.inTransaction(session -> find(session, id));
    }

    public Page<Workflow> list(WorkflowStore.Filter filter, PageRequest page) {
        return reads.inTransaction(session -> session.workflows().list(filter, page));
    }

    /** All that it was and is, newest first. */
    public Page<WorkflowStore.Version> versions(UUID id, PageRequest page) {
        return reads.inTransaction(session -> {
            Page<WorkflowStore.Version> versions = session.workflows().versions(id, page);
            if (versions.items().isEmpty()) {
                find(session, id);
            }
            return versions;
        });
    }

    /** Who waits at its tasks, some seconds ago. */
    public List<WaitingTask> waiting(UUID id) {
        return waiting.of(id);
    }

    /** As it was. */
    public Workflow version(UUID id, int version) {
        return reads.inTransaction(session -> session.workflows().find(id, version))
                .orElseThrow(() -> RefusedException.notFound("version " + version + " of workflow", id));
    }

    /**
     * A new version; active runs keep theirs. A task of the draft stands for the one that has its id, else for the
     * first that has its name.
     */
    public Workflow replace(UUID id, WorkflowDraft draft, @Nullable Integer expectedVersion) {
        return change(id, expectedVersion, by(draft));
    }

    /** A new version, by which active runs go on too. */
    public Applied replaceForActive(UUID id, WorkflowDraft draft, @Nullable Integer expectedVersion) {
        Function<Workflow, Definition> change = by(draft);
        checkNew(id, expectedVersion, change);
        Applied applied = database.inTransaction(session -> {
            Workflow changed = change(session, id, expectedVersion, change);
            return new Applied(changed, operations.applyVersion(session, changed));
        });
        operations.begin(applied.operationId());
        return applied;
    }

    /** What {@link #replaceForActive} would make of those who wait; it is refused as that would be. Nothing is changed. */
    public List<TaskChange> preview(UUID id, WorkflowDraft draft, @Nullable Integer expectedVersion) {
        Function<Workflow, Definition> change = by(draft);
        checkNew(id, expectedVersion, change);
        return reads.inTransaction(session -> {
            Workflow before = find(session, id);
            checkExpected(before, expectedVersion);
            checkUnarchived(before);
            Instant now = Times.now(clock);
            return VersionPreview.of(session, before, next(before, change.apply(before), now), now);
        });
    }

    private static Function<Workflow, Definition> by(WorkflowDraft draft) {
        return before -> {
            List<Task> tasks = TaskMatching.tasks(before.tasks(), draft.tasks());
            checkCount(tasks);
            return new Definition(draft.name(), draft.description(), draft.timezone(), tasks, draft.endings());
        };
    }

    /** No new runs; active ones finish. One that is archived already stays so: who asks again has what was asked for. */
    public void archive(UUID id, @Nullable Integer expectedVersion) {
        database.inTransaction(session -> {
            Workflow workflow = lockExpected(session, id, expectedVersion);
            if (workflow.archivedAt() == null
                    && !session.workflows().archive(id, workflow.version(), Times.now(clock))) {
                throw unforeseenChange(id);
            }
            return workflow;
        });
    }

    /** @param position from 0; null for the end */
    public Workflow addTask(UUID id, TaskDraft task, @Nullable Integer position, @Nullable Integer expectedVersion) {
        return changeTasks(id, expectedVersion, tasks -> {
            Task added = task.as(Ids.next());
            insert(tasks, added, position == null ? tasks.size() : position);
        });
    }

    /** @param position where it moves to; null where it stays */
    public Workflow replaceTask(
            UUID id, UUID taskId, TaskDraft task, @Nullable Integer position, @Nullable Integer expectedVersion) {
        return changeTasks(id, expectedVersion, tasks -> {
            int at = position(tasks, taskId);
            tasks.remove(at);
            Task changed = task.as(taskId);
            insert(tasks, changed, position == null ? at : position);
        });
    }

    public Workflow removeTask(UUID id, UUID taskId, @Nullable Integer expectedVersion) {
        return changeTasks(id, expectedVersion, tasks -> tasks.remove(position(tasks, taskId)));
    }

    private Workflow changeTasks(UUID id, @Nullable Integer expectedVersion, Edit change) {
        return change(id, expectedVersion, before -> {
            List<Task> tasks = new ArrayList<>(before.tasks());
            change.apply(tasks);
            checkCount(tasks);
            return new Definition(before.name(), before.description(), before.timezone(), tasks, before.endings());
        });
    }

    private Workflow change(UUID id, @Nullable Integer expectedVersion, Function<Workflow, Definition> change) {
        checkNew(id, expectedVersion, change);
        return database.inTransaction(session -> change(session, id, expectedVersion, change));
    }

    /**
     * Waits for names, so it is done before the transaction, which holds what others need; but only for actions that the workflow doesn't have. That another version may be
     * the newest by then does no harm: whatever stood in one was looked at before.
     */
    private void checkNew(UUID id, @Nullable Integer expectedVersion, Function<Workflow, Definition> change) {
        Workflow before = database.inTransaction(session -> find(session, id));
        checkExpected(before, expectedVersion);
        checkUnarchived(before);
        Definition after = change.apply(before);
        checkActions(before, after.tasks(), after.endings());
    }

    private Workflow change(
            Session session, UUID id, @Nullable Integer expectedVersion, Function<Workflow, Definition> change) {
        Workflow before = lockUnarchived(session, id, expectedVersion);
        Workflow after = next(before, change.apply(before), Times.now(clock));
        if (!session.workflows().insertVersion(after)) {
            throw unforeseenChange(id);
        }
        return after;
    }

    private static Workflow next(Workflow before, Definition definition, Instant now) {
        return new Workflow(
                before.id(),
                before.version() + 1,
                definition.name(),
                definition.description(),
                definition.timezone(),
                definition.tasks(),
                definition.endings(),
                before.createdAt(),
                now,
                null);
    }

    private static Workflow find(Session session, UUID id) {
        return session.workflows().find(id).orElseThrow(() -> RefusedException.notFound("workflow", id));
    }

    /** Its lock lets changes that expect no version follow one another, where none could be told that it came too late. */
    private static Workflow lockExpected(Session session, UUID id, @Nullable Integer expectedVersion) {
        session.workflows().lock(id);
        Workflow workflow = find(session, id);
        checkExpected(workflow, expectedVersion);
        return workflow;
    }

    private static void checkExpected(Workflow workflow, @Nullable Integer expectedVersion) {
        if (expectedVersion != null && expectedVersion != workflow.version()) {
            throw RefusedException.stale(
                    "Workflow " + workflow.id() + " is at version " + workflow.version() + ", not " + expectedVersion);
        }
    }

    private static Workflow lockUnarchived(Session session, UUID id, @Nullable Integer expectedVersion) {
        Workflow workflow = lockExpected(session, id, expectedVersion);
        checkUnarchived(workflow);
        return workflow;
    }

    private static void checkUnarchived(Workflow workflow) {
        if (workflow.archivedAt() != null) {
            throw RefusedException.conflict("Workflow " + workflow.id() + " is archived");
        }
    }

    private static IllegalStateException unforeseenChange(UUID id) {
        return new IllegalStateException("Workflow " + id + " was changed although it was locked");
    }

    private static void checkCount(List<Task> tasks) {
        if (tasks.size() > Workflow.MOST_TASKS) {
            throw RefusedException.invalid("tasks", Workflow.MOST_TASKS_RULE);
        }
    }

    /** @param before what is stored, and so was looked at when it was; null for nothing */
    private void checkActions(@Nullable Workflow before, List<Task> tasks, Workflow.Endings endings) {
        Set<Action> known = new HashSet<>();
        if (before != null) {
            before.tasks().forEach(task -> known.add(task.action()));
            before.endings().actions().forEach(known::add);
        }
        Map<FieldPath, Action> anew = new LinkedHashMap<>();
        for (int i = 0; i < tasks.size(); i++) {
            anew.put(
                    FieldPath.ROOT.field("tasks").element(i).field("action"),
                    tasks.get(i).action());
        }
        Action completed = endings.onCompleted();
        Action failed = endings.onFailed();
        if (completed != null) {
            anew.put(FieldPath.ROOT.field("onCompleted"), completed);
        }
        if (failed != null) {
            anew.put(FieldPath.ROOT.field("onFailed"), failed);
        }
        anew.values().removeIf(known::contains);
        List<FieldPath> paths = List.copyOf(anew.keySet());
        List<List<ActionProblem>> problems = actions.problems(List.copyOf(anew.values()));
        List<FieldError> errors = new ArrayList<>();
        for (int i = 0; i < paths.size(); i++) {
            errors.addAll(Actions.errors(paths.get(i), problems.get(i)));
        }
        if (!errors.isEmpty()) {
            throw RefusedException.invalid(errors);
        }
    }

    private static int position(List<Task> tasks, UUID taskId) {
        int position = tasks.stream().map(Task::id).toList().indexOf(taskId);
        if (position < 0) {
            throw RefusedException.notFound("task", taskId);
        }
        return position;
    }

    private static void insert(List<Task> tasks, Task task, int position) {
        if (position < 0 || position > tasks.size()) {
            throw RefusedException.invalid("position", "must be from 0 to " + tasks.size());
        }
        tasks.add(position, task);
    }

    private interface Edit {
        void apply(List<Task> tasks);
    }

    /** A new version, and the operation that moves runs to it. */
    public record Applied(Workflow workflow, UUID operationId) {}

    private record Definition(
            String name,
            @Nullable String description,
            @Nullable ZoneId timezone,
            List<Task> tasks,
            Workflow.Endings endings) {}
}
