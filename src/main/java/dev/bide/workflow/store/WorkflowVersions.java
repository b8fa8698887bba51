package dev.bide.workflow.store;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.bide.workflow.Run;
import dev.bide.workflow.Workflow;
import java.util.UUID;

/** The versions of workflows that runs go by, kept in memory as long as there is room: a version never changes. Thread-safe. */
public final class WorkflowVersions {
    /** Characters of all that is kept: 10,000 versions with a task or two, or a few with the largest bodies. */
    private static final long KEPT = 10 << 20;

    /** What a version takes beside its actions. */
    private static final int EACH = 500;

    private final Cache<Key, Workflow> versions = Caffeine.newBuilder()
            .maximumWeight(KEPT)
            .weigher((Key key, Workflow workflow) -> (int) Math.min(KEPT, EACH + workflow.size()))
            .build();

    public Workflow of(Session session, Run run) {
        return of(session, run.workflowId(), run.workflowVersion());
    }

    /** {@link UnreadableException} where this version of the program can't read it. */
    public Workflow of(Session session, UUID id, int version) {
        // Not get(key, loader): that would hold other threads up while this one asks the database.
        Key key = new Key(id, version);
        Workflow kept = versions.getIfPresent(key);
        if (kept != null) {
            return kept;
        }
        Workflow found = session.workflows()
                .find(key.id(), key.version())
                .orElseThrow(() -> new UnreadableException("Version " + version + " of workflow " + id));
        versions.put(key, found);
        return found;
    }

    private record Key(UUID id, int version) {}
}
