package dev.bide.engine.accept;

import dev.bide.engine.Acceptance;
import dev.bide.engine.DeliveryObserver;
import dev.bide.engine.RunView;
import dev.bide.engine.quartz.TimerTriggers;
import dev.bide.json.FieldPath;
import dev.bide.trace.SetSpan;
import dev.bide.trace.Traces;
import dev.bide.workflow.Ids;
import dev.bide.workflow.JsonText;
import dev.bide.workflow.Refusal;
import dev.bide.workflow.Run;
import dev.bide.workflow.RunDraft;
import dev.bide.workflow.RunStatus;
import dev.bide.workflow.Steps;
import dev.bide.workflow.Task;
import dev.bide.workflow.Timer;
import dev.bide.workflow.Times;
import dev.bide.workflow.Workflow;
import dev.bide.workflow.store.Database;
import dev.bide.workflow.store.KeyHolder;
import dev.bide.workflow.store.RunWithInput;
import dev.bide.workflow.store.Session;
import dev.bide.workflow.store.WorkflowStore;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Starts runs, each with its first timer and that one's trigger. Thread-safe. */
public final class NewRuns implements BatchTransaction<NewRuns.Request, RunView> {
    private final Database database;
    private final TimerTriggers triggers;
    private final InstantSource clock;
    private final DeliveryObserver observer;
    private final Traces traces;

    public NewRuns(
            Database database, TimerTriggers triggers, InstantSource clock, DeliveryObserver observer, Traces traces) {
        this.database = database;
        this.triggers = triggers;
        this.clock = clock;
        this.observer = observer;
        this.traces = traces;
    }

    /** @param traceparent that the run's timers are traced to; null where it is not traced */
    public record Request(
            UUID workflowId, RunDraft draft, @Nullable String traceparent) {
        /** Characters of what may be large of one. */
        public long size() {
            return draft.input().length();
        }
    }

    /** The lock that is not waited for is that of a workflow which is being changed: other runs of the batch don't need it. */
    @Override
    public List<@Nullable Acceptance<RunView>> write(List<Request> requests, boolean waits) {
        try (SetSpan span = traces.set("store runs", requests, Request::traceparent)) {
            return database.inTransaction(session -> start(session, requests, waits));
        }
    }

    @Override
    public void committed(List<@Nullable Acceptance<RunView>> results) {
        List<Timer> stored = results.stream()
                .map(result -> result instanceof Acceptance.Created<RunView> started
                        ? started.value().timer()
                        : null)
                .filter(Objects::nonNull)
                .toList();
        observer.accepted(stored.size());
        triggers.signal(stored);
    }

    /** Answers which of these are locked. */
    private static Set<UUID> lock(WorkflowStore store, Set<UUID> workflows, boolean waits) {
        if (!waits) {
            return store.tryLockForRuns(workflows);
        }
        store.lockForRuns(workflows);
        return workflows;
    }

    private List<@Nullable Acceptance<RunView>> start(Session session, List<Request> requests, boolean waits) {
        Instant now = Times.now(clock);
        Map<UUID, Workflow> workflows = new HashMap<>();
        Set<UUID> ids = requests.stream().map(Request::workflowId).collect(Collectors.toSet());
        // Held until the commit: whoever changes or archives one finds these runs, or they find what he made of it.
        Set<UUID> locked = lock(session.workflows(), ids, waits);
        locked.forEach(id -> session.workflows().find(id).ifPresent(workflow -> workflows.put(id, workflow)));
        List<Plan> plans = requests.stream()
                .map(request -> locked.contains(request.workflowId())
                        ? plan(request, workflows.get(request.workflowId()), now)
                        : Plan.notNow(key(request)))
                .toList();
        List<Steps.Step> steps =
                plans.stream().map(Plan::step).filter(Objects::nonNull).toList();
        Set<UUID> inserted = session.runs()
                .insert(plans.stream().map(Plan::run).filter(Objects::nonNull).toList());
        List<Timer> timers = steps.stream()
                .filter(step -> inserted.contains(step.run().id()))
                .map(Steps.Step::timer)
                .filter(Objects::nonNull)
                .toList();
        session.timers().insert(timers);
        session.timers().takeInput(timers);
        triggers.store(session, timers);
        Map<RunKey, KeyHolder> taken = findTaken(
                session, plans.stream().filter(plan -> !plan.isIn(inserted)).toList());
        return plans.stream().map(plan -> plan.result(inserted, taken)).toList();
    }

    /** What has the keys of those that were not stored, be it because of their keys or because they would be refused by now. */
    private static Map<RunKey, KeyHolder> findTaken(Session session, Collection<Plan> plans) {
        Map<RunKey, KeyHolder> taken = new HashMap<>();
        Map<UUID, Set<String>> keys = new HashMap<>();
        for (Plan plan : plans) {
            String key = plan.key().key();
            if (key != null) {
                keys.computeIfAbsent(plan.key().workflowId(), id -> new HashSet<>())
                        .add(key);
            }
        }
        keys.forEach((workflowId, ofOne) -> session.runs()
                .findByKeys(workflowId, ofOne)
                .forEach((key, holder) -> taken.put(new RunKey(workflowId, key), holder)));
        return taken;
    }

    private static Plan plan(Request request, @Nullable Workflow workflow, Instant now) {
        RunKey key = key(request);
        if (workflow == null) {
            return Plan.refused(key, Refusal.notFound("workflow", request.workflowId()));
        }
        if (workflow.archivedAt() != null) {
            return Plan.refused(
                    key, Refusal.conflict("Workflow " + workflow.id() + " is archived and takes no new runs"));
        }
        if (workflow.tasks().isEmpty()) {
            return Plan.refused(key, Refusal.conflict("Workflow " + workflow.id() + " has no tasks yet"));
        }
        Steps.Step step =
                Steps.next(run(workflow, request.draft(), now), workflow, now).tracedTo(request.traceparent());
        Steps.Rejection rejection = step.rejected();
        return rejection == null
                ? new Plan(key, request.draft().input(), step, task(step.run(), workflow), null)
                : Plan.refused(
                        key,
                        Refusal.invalid(List.of(FieldPath.ROOT
                                .field("tasks")
                                .element(rejection.task())
                                .field("delay")
                                .error(rejection.why().error()))));
    }

    private static RunKey key(Request request) {
        return new RunKey(request.workflowId(), request.draft().key());
    }

    private static @Nullable Task task(Run run, Workflow workflow) {
        UUID id = run.taskId();
        return id == null ? null : workflow.task(id).orElse(null);
    }

    private static Run run(Workflow workflow, RunDraft draft, Instant now) {
        return new Run(
                Ids.next(),
                workflow.id(),
                workflow.version(),
                draft.key(),
                draft.timezone(),
                RunStatus.ACTIVE,
                null,
                null,
                List.of(),
                null,
                now,
                now,
                null);
    }

    private record RunKey(UUID workflowId, @Nullable String key) {}

    /** What a request comes to, if its key is free: a step, or why there is none, or neither as long as its workflow is being changed. */
    private record Plan(
            RunKey key,
            JsonText input,
            Steps.@Nullable Step step,
            @Nullable Task task,
            @Nullable Refusal refusal) {
        static Plan refused(RunKey key, Refusal why) {
            return new Plan(key, JsonText.EMPTY_OBJECT, null, null, why);
        }

        static Plan notNow(RunKey key) {
            return new Plan(key, JsonText.EMPTY_OBJECT, null, null, null);
        }

        @Nullable
        RunWithInput run() {
            return step == null ? null : new RunWithInput(step.run(), input);
        }

        boolean isIn(Set<UUID> runs) {
            return step != null && runs.contains(step.run().id());
        }

        @Nullable
        Acceptance<RunView> result(Set<UUID> inserted, Map<RunKey, KeyHolder> taken) {
            if (step != null && isIn(inserted)) {
                return new Acceptance.Created<>(view(step));
            }
            KeyHolder before = taken.get(key);
            if (before != null) {
                return new Acceptance.Existing<>(before);
            }
            return step == null && refusal == null
                    ? null
                    : new Acceptance.Refused<>(Objects.requireNonNull(refusal, "a run whose key is taken"));
        }

        /** What is stored, without reading it again. */
        private RunView view(Steps.Step stored) {
            Timer next = stored.timer();
            // Not its own, but of its end: it skipped all tasks.
            Timer timer = next == null || next.owner() == null ? null : next;
            return new RunView(stored.run(), input, task, timer, timer == null ? List.of() : List.of(timer));
        }
    }
}
