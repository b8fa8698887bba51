package dev.bide.engine;

import dev.bide.delay.Delay;
import dev.bide.delay.DueTime;
import dev.bide.delivery.ActionProblem;
import dev.bide.engine.accept.SetWriter;
import dev.bide.engine.accept.TimerWriter;
import dev.bide.engine.change.Finder;
import dev.bide.engine.change.TimerChanges;
import dev.bide.engine.deliver.Actions;
import dev.bide.json.FieldError;
import dev.bide.json.FieldPath;
import dev.bide.workflow.Ids;
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
    private final TimerWriter writer;
    private final TimerChanges changes;
    private final Finder finder;
    private final Executor readers;
    private final InstantSource clock;

    /** @param readers read what a set's writer must not wait for */
    Timers(
            Database database,
            Actions actions,
            TimerWriter writer,
            TimerChanges changes,
            Executor readers,
            InstantSource clock) {
        this.database = database;
        this.actions = actions;
        this.writer = writer;
        this.changes = changes;
        this.finder = new Finder(database);
        this.readers = readers;
        this.clock = clock;
    }

    /**
     * Completes once the timer and its trigger are on disk, on a thread that must not be held up. The same key again means the timer
     * that exists, whatever else the draft says.
     */
    public CompletableFuture<Accepted<Timer>> create(TimerDraft draft) {
        Plan plan = plans(List.of(draft)).get(0);
        Timer timer = plan.timer();
        if (timer != null) {
            return writer.write(timer)
                    .thenCompose(result -> result.created()
                            ? CompletableFuture.completedFuture(new Accepted<>(timer, true))
                            : CompletableFuture.supplyAsync(() -> existing(result.holder()), readers));
        }
        KeyHolder before = plan.in(stored(List.of(plan)));
        return before == null
                ? CompletableFuture.failedFuture(plan.why())
                : CompletableFuture.completedFuture(existing(before));
    }

    /** What was made before with the same key. It goes with its history, maybe just now: sent again, the request makes a new one. */
    public Accepted<Timer> existing(KeyHolder holder) {
        return new Accepted<>(finder.timer(holder).orElseThrow(RefusedException::away), false);
    }

    /** Results in the order of the drafts. One that is refused spoils no other. */
    public List<BulkResult> createAll(List<TimerDraft> drafts) {
        List<Plan> plans = plans(drafts);
        Map<String, KeyHolder> before = stored(plans);
        Iterator<SetWriter.Written<TimerWriter.Result>> written = writer.writeAll(
                        plans.stream().map(Plan::timer).filter(Objects::nonNull).toList())
                .iterator();
        return plans.stream()
                .map(plan -> plan.timer() == null ? result(plan, plan.in(before)) : result(written.next()))
                .toList();
    }

    /** What has the keys of those that are refused: a caller who repeats a request finds what came of it, also when that would be refused by now. */
    private Map<String, KeyHolder> stored(List<Plan> plans) {
        List<String> keys = plans.stream()
                .filter(plan -> plan.timer() == null)
                .map(Plan::key)
                .filter(Objects::nonNull)
                .distinct()
                .toList();
        return keys.isEmpty() ? Map.of() : withKeys(keys);
    }

    /** Which lone timers have these keys, by key. */
    public Map<String, KeyHolder> withKeys(Collection<String> keys) {
        return database.inTransaction(session -> session.timers().findByKeys(keys));
    }

    private static BulkResult result(Plan refused, @Nullable KeyHolder before) {
        return before == null ? new BulkResult.Refused(refused.why()) : new BulkResult.Stored(before.id(), false);
    }

    private static BulkResult result(SetWriter.Written<TimerWriter.Result> written) {
        TimerWriter.Result accepted = written.value();
        if (accepted == null) {
            return new BulkResult.Refused(Objects.requireNonNull(written.refusal()));
        }
        return new BulkResult.Stored(accepted.holder().id(), accepted.created());
    }

    /** What a draft comes to: a timer, or why there can be none. */
    private record Plan(
            @Nullable String key,
            @Nullable Timer timer,
            @Nullable RefusedException refusal) {
        RefusedException why() {
            return Objects.requireNonNull(refusal, "there is a timer");
        }

        @Nullable
        KeyHolder in(Map<String, KeyHolder> byKey) {
            return key == null ? null : byKey.get(key);
        }
    }

    private List<Plan> plans(List<TimerDraft> drafts) {
        Iterator<List<ActionProblem>> problems = actions.problems(
                        drafts.stream().map(TimerDraft::action).toList())
                .iterator();
        return drafts.stream().map(draft -> plan(draft, problems.next())).toList();
    }

    private Plan plan(TimerDraft draft, List<ActionProblem> problems) {
        try {
            return new Plan(draft.key(), timer(draft, Actions.errors(ACTION, problems)), null);
        } catch (RefusedException e) {
            return new Plan(draft.key(), null, e);
        }
    }

    private Timer timer(TimerDraft draft, List<FieldError> errors) {
        Instant now = Times.now(clock);
        ZoneId zone = draft.timezone() == null ? DEFAULT_ZONE : draft.timezone();
        DueTime due = draft.delay().dueTime(now, zone);
        if (!errors.isEmpty() || !(due instanceof DueTime.Due at)) {
            throw RefusedException.invalid(
                    Stream.concat(Times.fault(due).stream(), errors.stream()).toList());
        }
        return Timer.waiting(Ids.next(), at.at(), now, zone, draft.spec(), null, draft.key());
    }

    public Timer get(UUID id) {
        return finder.timer(id).orElseThrow(() -> RefusedException.notFound("timer", id));
    }

    public Page<Timer> list(TimerFilter filter, PageRequest page) {
        return database.inTransaction(session -> session.timers().list(filter, page));
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
