package dev.bide.engine;

import dev.bide.workflow.Run;
import dev.bide.workflow.Session;
import dev.bide.workflow.Task;
import dev.bide.workflow.Timer;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.stream.Collectors;

/** Puts runs together with their tasks and timers. Thread-safe. */
final class RunViews {
    private final WorkflowVersions versions;

    RunViews(WorkflowVersions versions) {
        this.versions = versions;
    }

    RunView of(Session session, Run run) {
        return Objects.requireNonNull(of(session, List.of(run)).get(run.id()));
    }

    /** By id of run; their timers by one statement. */
    Map<UUID, RunView> of(Session session, Collection<Run> runs) {
        Map<UUID, List<Timer>> histories = session
                .timers()
                .ofRuns(runs.stream().map(Run::id).toList())
                .stream()
                .collect(Collectors.groupingBy(
                        timer -> Objects.requireNonNull(timer.owner()).runId()));
        return runs.stream()
                .collect(Collectors.toMap(
                        Run::id, run -> view(session, run, histories.getOrDefault(run.id(), List.of())), (a, b) -> a));
    }

    private RunView view(Session session, Run run, List<Timer> history) {
        Timer timer = history.stream()
                .filter(one -> one.id().equals(run.timerId()))
                .findFirst()
                .orElse(null);
        UUID taskId = run.taskId();
        Task task =
                taskId == null ? null : versions.of(session, run).task(taskId).orElse(null);
        return new RunView(run, task, timer, history);
    }
}
