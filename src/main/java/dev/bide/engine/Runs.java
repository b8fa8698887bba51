package dev.bide.engine;

import dev.bide.engine.accept.BatchWriter;
import dev.bide.engine.accept.NewRuns;
import dev.bide.engine.accept.Repeats;
import dev.bide.engine.change.Finder;
import dev.bide.engine.change.RunChanges;
import dev.bide.engine.change.RunRedrive;
import dev.bide.engine.list.RunLists;
import dev.bide.trace.AcceptSpan;
import dev.bide.trace.Traces;
import dev.bide.workflow.RefusedException;
import dev.bide.workflow.Run;
import dev.bide.workflow.RunDraft;
import dev.bide.workflow.Task;
import dev.bide.workflow.Timer;
import dev.bide.workflow.store.Database;
import dev.bide.workflow.store.KeyHolder;
import dev.bide.workflow.store.Page;
import dev.bide.workflow.store.PageRequest;
import dev.bide.workflow.store.RunFilter;
import dev.bide.workflow.store.RunWithInput;
import dev.bide.workflow.store.UnreadableException;
import dev.bide.workflow.store.WorkflowVersions;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Starting, watching and changing runs. Thread-safe. */
public final class Runs {
    private static final Logger LOG = LoggerFactory.getLogger(Runs.class);

    private final Database database;
    private final BatchWriter<NewRuns.Request, RunView> writer;
    private final RunChanges changes;
    private final RunRedrive redrive;
    private final WorkflowVersions versions;
    private final Executor readers;
    private final Finder finder;
    private final RunLists lists;
    private final Database changesDatabase;
    private final Traces traces;

    /**
     * @param changesDatabase where changes are made, and read again for their answers: what is done is not answered as if it weren't where reads hang
     * @param readers read what the writer of a batch must not wait for
     */
    Runs(
            Database database,
            Database changesDatabase,
            BatchWriter<NewRuns.Request, RunView> writer,
            RunChanges changes,
            RunRedrive redrive,
            WorkflowVersions versions,
            RunLists lists,
            Executor readers,
            Traces traces) {
        this.database = database;
        this.writer = writer;
        this.changes = changes;
        this.redrive = redrive;
        this.versions = versions;
        this.readers = readers;
        this.finder = new Finder(database);
        this.lists = lists;
        this.changesDatabase = changesDatabase;
        this.traces = traces;
    }

    public CompletableFuture<Accepted<RunView>> start(UUID workflowId, RunDraft draft) {
        return start(workflowId, Asked.of(draft), null);
    }

    /**
     * Completes once the run, its first timer and that one's trigger are on disk, mostly on the thread that wrote them, which must not be held
     * up. The same key again means the run that exists, whatever else is asked for.
     *
     * @param traceparent that the request came with, if any
     */
    public CompletableFuture<Accepted<RunView>> start(
            UUID workflowId, Asked<RunDraft> asked, @Nullable String traceparent) {
        if (!traces.on()) {
            return store(workflowId, asked, null);
        }
        AcceptSpan span = traces.accept("run", traceparent);
        span.workflow(workflowId);
        return span.around(() -> store(workflowId, asked, span.context()), run -> {
            Timer timer = run.value().timer();
            span.run(run.value().run().id());
            span.timer(timer == null ? null : timer.id());
        });
    }

    private CompletableFuture<Accepted<RunView>> store(
            UUID workflowId, Asked<RunDraft> asked, @Nullable String context) {
        return Repeats.one(
                asked,
                draft -> writer.add(new NewRuns.Request(workflowId, draft, context)),
                keys -> withKeys(workflowId, keys),
                this::existing,
                readers);
    }

    public List<Acceptance<RunView>> startAll(UUID workflowId, List<Asked<RunDraft>> asked) {
        return startAll(workflowId, asked, null);
    }

    /** Results in the order asked. One that is refused spoils no other. */
    public List<Acceptance<RunView>> startAll(
            UUID workflowId, List<Asked<RunDraft>> asked, @Nullable String traceparent) {
        AcceptSpan span = traces.accept("runs", traceparent);
        span.workflow(workflowId);
        span.items(asked.size());
        String context = span.context();
        return span.during(() -> Repeats.store(
                asked,
                drafts -> writer.addAll(drafts.stream()
                        .map(draft -> new NewRuns.Request(workflowId, draft, context))
                        .toList()),
                keys -> withKeys(workflowId, keys)));
    }

    public RunView get(UUID id) {
        return get(id, database, finder);
    }

    private RunView changed(UUID id) {
        return get(id, changesDatabase, new Finder(changesDatabase));
    }

    private RunView get(UUID id, Database from, Finder by) {
        RunWithInput found = by.runWithInput(id).orElseThrow(() -> RefusedException.notFound("run", id));
        return view(found, from, by);
    }

    /** What was started before with the same key. It goes with its history, maybe just now: sent again, the request starts a new one. */
    private RunView existing(KeyHolder holder) {
        return view(finder.runWithInput(holder).orElseThrow(RefusedException::away), database, finder);
    }

    private Map<String, KeyHolder> withKeys(UUID workflowId, Collection<String> keys) {
        return database.inTransaction(session -> session.runs().findByKeys(workflowId, keys));
    }

    public Page<RunWithInput> list(RunFilter filter, PageRequest page) {
        return lists.list(filter, page);
    }

    /** No further call is begun for it. One that is under way may still reach the third party. */
    public RunView cancel(UUID id) {
        changes.cancel(id);
        return changed(id);
    }

    /** Holds its timer. One that is being delivered right now is finished, and the next one held. */
    public RunView pause(UUID id) {
        changes.pause(id);
        return changed(id);
    }

    /** A timer whose time has passed meanwhile is due now. */
    public RunView resume(UUID id) {
        changes.resume(id);
        return changed(id);
    }

    /**
     * A failed one goes on from the task that it failed at.
     *
     * @param latest by the workflow as it is now, else by the version that it goes by
     */
    public RunView redrive(UUID id, boolean latest) {
        redrive.redrive(id, latest);
        return changed(id);
    }

    private RunView view(RunWithInput found, Database from, Finder by) {
        Run run = found.run();
        List<Timer> history = by.ofRun(run);
        Timer timer = history.stream()
                .filter(one -> one.id().equals(run.timerId()))
                .findFirst()
                .orElse(null);
        return new RunView(run, found.input(), task(run, from), timer, history);
    }

    /** Null too where this version of the program can't read it: all else of the run can be shown. */
    private @Nullable Task task(Run run, Database from) {
        UUID taskId = run.taskId();
        if (taskId == null) {
            return null;
        }
        try {
            return from.inTransaction(session -> versions.of(session, run))
                    .task(taskId)
                    .orElse(null);
        } catch (UnreadableException e) {
            LOG.warn("Run {} is shown without its task", run.id(), e);
            return null;
        }
    }
}
