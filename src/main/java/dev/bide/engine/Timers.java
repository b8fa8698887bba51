package dev.bide.engine;

import dev.bide.delay.Delay;
import dev.bide.delay.DueTime;
import dev.bide.delivery.ActionProblem;
import dev.bide.engine.accept.BatchWriter;
import dev.bide.engine.accept.Repeats;
import dev.bide.engine.change.Finder;
import dev.bide.engine.change.TimerChanges;
import dev.bide.engine.deliver.Actions;
import dev.bide.engine.list.TimerLists;
import dev.bide.json.FieldError;
import dev.bide.json.FieldPath;
import dev.bide.trace.AcceptSpan;
import dev.bide.trace.Traces;
import dev.bide.workflow.Ids;
import dev.bide.workflow.Refusal;
import dev.bide.workflow.RefusedException;
import dev.bide.workflow.Timer;
import dev.bide.workflow.TimerDraft;
import dev.bide.workflow.Times;
import dev.bide.workflow.store.Database;
import dev.bide.workflow.store.KeyHolder;
import dev.bide.workflow.store.Page;
import dev.bide.workflow.store.PageRequest;
import dev.bide.workflow.store.TimerFilter;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneId;
import java.util.Collection;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Making lone timers; watching and changing all timers. Thread-safe. */
public final class Timers {
    private static final ZoneId DEFAULT_ZONE = ZoneId.of("UTC");
    private static final FieldPath ACTION = FieldPath.ROOT.field("action");

    private final Database database;
    private final Actions actions;
    private final BatchWriter<Timer, Timer> writer;
    private final TimerChanges changes;
    private final Finder finder;
    private final TimerLists lists;
    private final Executor readers;
    private final InstantSource clock;
    private final Traces traces;

    /** @param readers read what the writer of a batch must not wait for */
    Timers(
            Database database,
            Actions actions,
            BatchWriter<Timer, Timer> writer,
            TimerChanges changes,
            TimerLists lists,
            Executor readers,
            InstantSource clock,
            Traces traces) {
        this.database = database;
        this.actions = actions;
        this.writer = writer;
        this.changes = changes;
        this.finder = new Finder(database);
        this.lists = lists;
        this.readers = readers;
        this.clock = clock;
        this.traces = traces;
    }

    public CompletableFuture<Accepted<Timer>> create(TimerDraft draft) {
        return create(Asked.of(draft), null);
    }

    /**
     * Completes once the timer and its trigger are on disk, on a thread that must not be held up. The same key again means the timer
     * that exists, whatever else is asked for.
     *
     * @param traceparent that the request came with, if any
     */
    public CompletableFuture<Accepted<Timer>> create(Asked<TimerDraft> asked, @Nullable String traceparent) {
        if (!traces.on()) {
            return store(asked, null);
        }
        AcceptSpan span = traces.accept("timer", traceparent);
        return span.around(
                () -> store(asked, span.context()),
                timer -> span.timer(timer.value().id()));
    }

    private CompletableFuture<Accepted<Timer>> store(Asked<TimerDraft> asked, @Nullable String context) {
        return Repeats.one(plan(List.of(asked), context).get(0), writer::add, this::withKeys, this::existing, readers);
    }

    /** What was made before with the same key. It goes with its history, maybe just now: sent again, the request makes a new one. */
    private Timer existing(KeyHolder holder) {
        return finder.timer(holder).orElseThrow(RefusedException::away);
    }

    public List<Acceptance<Timer>> createAll(List<Asked<TimerDraft>> asked) {
        return createAll(asked, null);
    }

    /** Results in the order asked. One that is refused spoils no other. */
    public List<Acceptance<Timer>> createAll(List<Asked<TimerDraft>> asked, @Nullable String traceparent) {
        AcceptSpan span = traces.accept("timers", traceparent);
        span.items(asked.size());
        return span.during(() -> Repeats.store(plan(asked, span.context()), writer::addAll, this::withKeys));
    }

    private Map<String, KeyHolder> withKeys(Collection<String> keys) {
        return database.inTransaction(session -> session.timers().findByKeys(keys));
    }

    /** The drafts as timers, where they can be some. */
    private List<Asked<Timer>> plan(List<Asked<TimerDraft>> asked, @Nullable String context) {
        Iterator<List<ActionProblem>> problems = actions.problems(asked.stream()
                        .map(Asked::draft)
                        .filter(Objects::nonNull)
                        .map(TimerDraft::action)
                        .toList())
                .iterator();
        return asked.stream()
                .map(one -> one.draft() == null
                        ? Asked.<Timer>refused(one.key(), one.why())
                        : plan(one.draft(), Actions.errors(ACTION, problems.next()), context))
                .toList();
    }

    private Asked<Timer> plan(TimerDraft draft, List<FieldError> errors, @Nullable String context) {
        Instant now = Times.now(clock);
        ZoneId zone = draft.timezone() == null ? DEFAULT_ZONE : draft.timezone();
        DueTime due = draft.delay().dueTime(now, zone);
        if (!errors.isEmpty() || !(due instanceof DueTime.Due at)) {
            return Asked.refused(
                    draft.key(),
                    Refusal.invalid(Stream.concat(Times.fault(due).stream(), errors.stream())
                            .toList()));
        }
        Timer timer = Timer.waiting(Ids.next(), at.at(), now, zone, draft.spec(), null, draft.key());
        return Asked.of(draft.key(), context == null ? timer : timer.tracedTo(context));
    }

    public Timer get(UUID id) {
        return finder.timer(id).orElseThrow(() -> RefusedException.notFound("timer", id));
    }

    public Page<Timer> list(TimerFilter filter, PageRequest page) {
        return lists.list(filter, page);
    }

    /** Waits anew, {@code delay} counted from now. */
    public Timer reschedule(UUID id, Delay delay) {
        return changes.reschedule(id, delay);
    }

    /** Waits until {@code dueAt}; a past time means now. */
    public Timer reschedule(UUID id, Instant dueAt) {
        return changes.reschedule(id, dueAt);
    }

    /** The third party is not called for it again. A run whose timer it was is cancelled with it. */
    public Timer cancel(UUID id) {
        return changes.cancel(id);
    }

    public Timer pause(UUID id) {
        return changes.pause(id);
    }

    public Timer resume(UUID id) {
        return changes.resume(id);
    }

    /** Due now. */
    public Timer fire(UUID id) {
        return changes.fire(id);
    }

    /** A dead timer gets a fresh set of attempts, its first one now; its failed run is active again. */
    public Timer redrive(UUID id) {
        return changes.redrive(id);
    }
}
