package dev.bide.engine;

import dev.bide.workflow.Database;
import dev.bide.workflow.Page;
import dev.bide.workflow.PageRequest;
import dev.bide.workflow.Run;
import dev.bide.workflow.RunDraft;
import dev.bide.workflow.RunFilter;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;

/** Starting, watching and changing runs. Thread-safe. */
public final class Runs {
    private final Database database;
    private final RunWriter writer;
    private final RunChanges changes;
    private final RunViews views;

    Runs(Database database, RunWriter writer, RunChanges changes, RunViews views) {
        this.database = database;
        this.writer = writer;
        this.changes = changes;
        this.views = views;
    }

    /**
     * Completes once the run, its first timer and that one's trigger are on disk, on a thread that must not be held up. The same key again
     * means the run that exists.
     */
    public CompletableFuture<Accepted<RunView>> start(UUID workflowId, RunDraft draft) {
        return writer.write(new RunWriter.Request(workflowId, draft)).thenApply(Runs::accepted);
    }

    private static Accepted<RunView> accepted(RunWriter.Result result) {
        if (result instanceof RunWriter.Result.Stored stored) {
            return new Accepted<>(stored.view(), stored.created());
        }
        throw ((RunWriter.Result.Refused) result).why();
    }

    /** Results in the order of the drafts. One that is refused spoils no other. */
    public List<BulkResult> startAll(UUID workflowId, List<RunDraft> drafts) {
        return writer
                .writeAll(drafts.stream()
                        .map(draft -> new RunWriter.Request(workflowId, draft))
                        .toList())
                .stream()
                .map(Runs::result)
                .toList();
    }

    private static BulkResult result(RunWriter.Result result) {
        if (result instanceof RunWriter.Result.Stored stored) {
            return new BulkResult.Stored(stored.view().run().id(), stored.created());
        }
        return new BulkResult.Refused(((RunWriter.Result.Refused) result).why());
    }

    public RunView get(UUID id) {
        return database.inTransaction(session -> {
            Run run = session.runs().find(id).orElseThrow(() -> RefusedException.notFound("run", id));
            return views.of(session, run);
        });
    }

    public Page<Run> list(RunFilter filter, PageRequest page) {
        return database.inTransaction(session -> session.runs().list(filter, page));
    }

    /** No further call is begun for it. One that is under way may still reach the third party. */
    public RunView cancel(UUID id) {
        changes.cancel(id);
        return get(id);
    }

    /** Holds its timer. One that is being delivered right now is finished, and the next one held. */
    public RunView pause(UUID id) {
        changes.pause(id);
        return get(id);
    }

    /** A timer whose time has passed meanwhile is due now. */
    public RunView resume(UUID id) {
        changes.resume(id);
        return get(id);
    }
}
