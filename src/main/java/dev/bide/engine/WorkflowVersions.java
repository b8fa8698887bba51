package dev.bide.engine;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.bide.workflow.Run;
import dev.bide.workflow.Session;
import dev.bide.workflow.Workflow;
import java.util.UUID;

/** The versions of workflows that runs go by, kept in memory: a version never changes. Thread-safe. */
final class WorkflowVersions {
    /** Versions kept: far more than are in use at a time. */
    private static final int KEPT = 2_000;

    private final Cache<Key, Workflow> versions =
            Caffeine.newBuilder().maximumSize(KEPT).build();

    Workflow of(Session session, Run run) {
        // Not get(key, loader): that would hold other threads up while this one asks the database.
        Key key = new Key(run.workflowId(), run.workflowVersion());
        Workflow kept = versions.getIfPresent(key);
        if (kept != null) {
            return kept;
        }
        Workflow found = session.workflows()
                .find(key.id(), key.version())
                .orElseThrow(() -> new IllegalStateException("Run " + run.id() + " goes by version " + key.version()
                        + " of workflow " + key.id() + ", which is not there"));
        versions.put(key, found);
        return found;
    }

    private record Key(UUID id, int version) {}
}
