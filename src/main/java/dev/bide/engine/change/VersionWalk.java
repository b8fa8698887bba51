package dev.bide.engine.change;

import dev.bide.workflow.Run;
import dev.bide.workflow.Timer;
import dev.bide.workflow.Workflow;
import dev.bide.workflow.store.KeyHolder;
import dev.bide.workflow.store.Operation;
import dev.bide.workflow.store.RunStore;
import dev.bide.workflow.store.Session;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Runs that go by a version before their workflow's newest, in order of id. Where some were passed over, it begins anew: those that are still behind are few then. */
final class VersionWalk implements Walk {
    private static final Logger LOG = LoggerFactory.getLogger(VersionWalk.class);

    private final VersionMove move;

    VersionWalk(VersionMove move) {
        this.move = move;
    }

    @Override
    public Step further(Session session, Operation operation, Turn turn, List<Timer> changed, Instant now) {
        UUID workflowId = Objects.requireNonNull(operation.request().filter().workflowId(), "its workflow");
        int version = Objects.requireNonNull(operation.request().version(), "its version");
        Workflow workflow = session.workflows().find(workflowId, version).orElseThrow();
        int limit = turn.limit(operation);
        VersionMove.Progress progress = limit == 0
                ? passOver(session, operation, workflow)
                : move.moveBatch(session, workflow, operation.position(), limit, changed);
        Operation further = operation.further(progress.moved(), progress.moved(), 0, progress.last(), now);
        if (!progress.over() || !session.operations().hasRest(operation.id())) {
            return new Step(further, progress.over());
        }
        // Runs were passed over. From the first one on, those that are still behind are few, and they are among them.
        List<KeyHolder> passed =
                session.operations().rest(operation.id(), null, LARGEST_BATCH).items();
        session.operations()
                .removeRest(operation.id(), passed.stream().map(KeyHolder::id).toList());
        turn.over.add(operation.id());
        return new Step(further.further(0, 0, 0, null, now), false);
    }

    /** Somebody holds the row of the next run that is behind, its timer's or its trigger's. */
    private static VersionMove.Progress passOver(Session session, Operation operation, Workflow workflow) {
        RunStore.Behind behind = session.runs().behind(workflow.id(), workflow.version(), operation.position(), 1);
        List<UUID> runs = behind.runs().stream().map(Run::id).toList();
        LOG.info("Operation {} comes back for what somebody has locked: {}", operation.id(), runs);
        session.operations()
                .addRest(
                        operation.id(),
                        runs.stream().map(id -> new KeyHolder(id, null)).toList());
        return new VersionMove.Progress(0, runs.isEmpty() ? operation.position() : runs.get(0), behind.last());
    }
}
