package dev.bide.engine.trial;

import dev.bide.delay.DueTime;
import dev.bide.delay.Explanation;
import dev.bide.delivery.Deliverer;
import dev.bide.delivery.DeliveryRequest;
import dev.bide.delivery.RunValues;
import dev.bide.engine.deliver.Actions;
import dev.bide.json.FieldPath;
import dev.bide.workflow.Action;
import dev.bide.workflow.Ids;
import dev.bide.workflow.RefusedException;
import dev.bide.workflow.Run;
import dev.bide.workflow.RunStatus;
import dev.bide.workflow.Steps;
import dev.bide.workflow.Task;
import dev.bide.workflow.Times;
import dev.bide.workflow.Workflow;
import dev.bide.workflow.store.Database;
import dev.bide.workflow.store.Session;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/** Walks runs on paper: nothing is stored, nobody is called. Thread-safe. */
public final class Simulator {
    /** Characters of the calls that are shown together: a hundred tasks may each have all of a large input in its call. */
    private static final long MOST = 4 << 20;

    private static final FieldPath DELAY = FieldPath.ROOT.field("delay");

    private final Database reads;
    private final Deliverer deliverer;
    private final InstantSource clock;

    public Simulator(Database reads, Deliverer deliverer, InstantSource clock) {
        this.reads = reads;
        this.deliverer = deliverer;
        this.clock = clock;
    }

    /** What would become of a run of the workflow, archived or not. */
    public Simulation simulate(UUID workflowId, SimulationDraft draft) {
        Workflow workflow = reads.inTransaction(session -> find(session, workflowId, draft));
        UUID after = draft.afterTaskId();
        if (after != null && workflow.task(after).isEmpty()) {
            throw RefusedException.invalid(
                    "afterTaskId", "must be the id of a task of version " + workflow.version() + " of the workflow");
        }
        Instant from = draft.from() == null ? Times.now(clock) : draft.from();
        Run run = run(workflow, draft, from);
        List<Simulation.Step> steps = new ArrayList<>();
        Instant end = from;
        long room = MOST;
        for (Steps.Stop stop : Steps.walk(run, workflow, from)) {
            Simulation.Step step = step(stop, run, workflow, draft, room);
            steps.add(step);
            room -= step.request() == null ? 0 : step.request().size();
            if (stop.due() instanceof DueTime.Rejected) {
                return new Simulation(steps, null);
            }
            end = stop.due() instanceof DueTime.Due due ? due.at() : end;
        }
        return new Simulation(steps, end);
    }

    private static Workflow find(Session session, UUID id, SimulationDraft draft) {
        Workflow newest = session.workflows().find(id).orElseThrow(() -> RefusedException.notFound("workflow", id));
        Integer version = draft.version();
        return version == null || version == newest.version()
                ? newest
                : session.workflows()
                        .find(id, version)
                        .orElseThrow(() -> RefusedException.notFound("version " + version + " of workflow", id));
    }

    private static Run run(Workflow workflow, SimulationDraft draft, Instant from) {
        return new Run(
                Ids.next(),
                workflow.id(),
                workflow.version(),
                null,
                draft.timezone(),
                RunStatus.ACTIVE,
                draft.afterTaskId(),
                null,
                List.of(),
                null,
                from,
                from,
                null);
    }

    private Simulation.Step step(Steps.Stop stop, Run run, Workflow workflow, SimulationDraft draft, long room) {
        Task task = stop.task();
        ZoneId zone = run.zone(workflow);
        Explanation explained = Explanation.of(task.delay(), stop.from(), zone);
        if (stop.due() instanceof DueTime.Rejected why) {
            return new Simulation.Step(task, stop.from(), explained, null, text(why));
        }
        if (!(stop.due() instanceof DueTime.Due due)) {
            return new Simulation.Step(task, stop.from(), explained, null, null);
        }
        Deliverer.Shown shown = deliverer.show(new DeliveryRequest(
                Ids.next().toString(),
                1,
                due.at(),
                Actions.http(task.action()),
                new RunValues(
                        run.id().toString(), null, task.name(), draft.input().text()),
                task.timeout()));
        Action request = shown.request() == null ? null : Actions.of(shown.request());
        return request == null || request.size() <= room
                ? new Simulation.Step(task, stop.from(), explained, request, shown.problem())
                : new Simulation.Step(
                        task,
                        stop.from(),
                        explained,
                        null,
                        "The calls are too large to be shown together: see this one alone");
    }

    private static String text(DueTime.Rejected why) {
        return DELAY.field(why.error().field()) + " " + why.error().message();
    }
}
