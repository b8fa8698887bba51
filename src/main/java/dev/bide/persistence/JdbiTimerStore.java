package dev.bide.persistence;

import static dev.bide.persistence.KeyedRows.array;

import dev.bide.workflow.JsonText;
import dev.bide.workflow.Timer;
import dev.bide.workflow.TimerOwner;
import dev.bide.workflow.TimerStatus;
import dev.bide.workflow.figures.DeadStore.DeadTimer;
import dev.bide.workflow.figures.Look;
import dev.bide.workflow.figures.PartialCount;
import dev.bide.workflow.store.Days;
import dev.bide.workflow.store.DueTimer;
import dev.bide.workflow.store.FiredTimer;
import dev.bide.workflow.store.HistoryStore.History;
import dev.bide.workflow.store.KeyHolder;
import dev.bide.workflow.store.OperationKind;
import dev.bide.workflow.store.Settlement;
import dev.bide.workflow.store.TimerFilter;
import dev.bide.workflow.store.TimerStore;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;
import java.util.function.ToIntFunction;
import java.util.stream.Collectors;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.SqlStatement;
import org.jdbi.v3.core.statement.StatementContext;
import org.jspecify.annotations.Nullable;

/** Timers that wait in {@code timer}, finished ones in the partitions of {@code timer_history}. */
final class JdbiTimerStore implements TimerStore {
    /** As text: PostgreSQL's own functions fail on JSON with an escaped NUL, or half of a letter, wherever it stands. An action's url comes before all that a user may name so. */
    private static final String URL_IN_SPEC = "\"url\":\"([^\"\\\\]*)\"";

    private static final String INSERT = Sql.of(JdbiTimerStore.class, "insert");
    private static final String LOAD = Sql.of(JdbiTimerStore.class, "load");
    private static final String UPDATE = Sql.of(JdbiTimerStore.class, "update");
    private static final String CANCEL = Sql.of(JdbiTimerStore.class, "cancel");
    private static final String TAKE_INPUT = Sql.of(JdbiTimerStore.class, "take-input");
    private static final String FINISH = Sql.of(JdbiTimerStore.class, "finish");
    private static final String REDRIVE = Sql.of(JdbiTimerStore.class, "redrive");

    /** Those whose timers are gone with their day are free, though their month is still there. */
    private static final String FINISHED_KEYS = "FROM timer_key_history WHERE key = ANY(:keys)"
            + " AND finished_at >= (SELECT kept_from FROM history_edge WHERE history = 'timer_history')";

    private final Handle handle;
    private final JsonColumns json;
    private final TimerRows rows;
    private final KeyedRows keyed;
    private final JdbiDeadStore dead;
    private final ToIntFunction<String> lanes;

    /** @param lanes of urls */
    JdbiTimerStore(Handle handle, JsonColumns json, ToIntFunction<String> lanes) {
        this.handle = handle;
        this.json = json;
        this.lanes = lanes;
        this.rows = new TimerRows(json);
        this.keyed = new KeyedRows(handle, "timer", History.TIMER_KEY);
        this.dead = new JdbiDeadStore(handle);
    }

    /** In order of key, so that two sets with the same keys can't wait for each other. */
    @Override
    public Set<UUID> insert(Collection<Timer> timers) {
        if (timers.isEmpty()) {
            return Set.of();
        }
        var insert = handle.createQuery(INSERT);
        array(insert, "id", UUID.class, timers, Timer::id);
        array(insert, "status", String.class, timers, timer -> timer.status().toString());
        array(insert, "due", Instant.class, timers, Timer::dueAt);
        array(insert, "next", Instant.class, timers, Timer::nextAttemptAt);
        array(insert, "created", Instant.class, timers, Timer::createdAt);
        array(insert, "timezone", String.class, timers, timer -> timer.timezone()
                .getId());
        array(insert, "spec", String.class, timers, timer -> json.write(timer.spec()));
        array(insert, "run", UUID.class, timers, timer -> owned(timer, TimerOwner::runId));
        array(insert, "workflow", UUID.class, timers, timer -> owned(timer, TimerOwner::workflowId));
        array(insert, "version", Integer.class, timers, timer -> owned(timer, TimerOwner::workflowVersion));
        array(insert, "task", UUID.class, timers, timer -> owned(timer, TimerOwner::taskId));
        array(insert, "key", String.class, timers, Timer::key);
        array(insert, "lane", Integer.class, timers, this::lane);
        boolean traced = timers.stream().anyMatch(timer -> timer.traceparent() != null);
        array(insert, "traceparent", String.class, traced ? timers : List.<Timer>of(), Timer::traceparent);
        Set<UUID> inserted = insert.mapTo(UUID.class).collect(Collectors.toSet());
        List<Timer> withKeys = timers.stream()
                .filter(timer -> timer.key() != null && inserted.contains(timer.id()))
                .toList();
        if (!withKeys.isEmpty()) {
            inserted.removeAll(withdrawFinished(withKeys));
        }
        return inserted;
    }

    /** A run that was over as it began is in the history already: on the day of its end, which is when its timer was made. */
    @Override
    public void takeInput(Collection<Timer> timers) {
        List<Timer> needy =
                timers.stream().filter(timer -> timer.inputOf() != null).toList();
        if (needy.isEmpty()) {
            return;
        }
        Set<UUID> left = takeInput(needy, "run", "true");
        if (!left.isEmpty()) {
            takeInput(
                    needy.stream().filter(timer -> left.contains(timer.id())).toList(),
                    "run_history",
                    "r.finished_at = timer.created_at");
        }
    }

    /** Answers which have none yet. */
    private Set<UUID> takeInput(List<Timer> timers, String runs, String when) {
        var update = handle.createQuery(TAKE_INPUT).define("runs", runs).define("when", when);
        array(update, "id", UUID.class, timers, Timer::id);
        array(update, "run", UUID.class, timers, Timer::inputOf);
        return update.map((row, context) -> Map.entry(Rows.uuid(row, "id"), row.getBoolean("has"))).stream()
                .filter(one -> !one.getValue())
                .map(Map.Entry::getKey)
                .collect(Collectors.toSet());
    }

    /**
     * A key may also be in the history. Looked up only after the insert: a timer that was moved there while we inserted is seen then, since
     * its row in {@code timer} was gone before ours could be there. Index timer_key_history_key, in a partition for each month; the keys stand
     * alone in the statement, so that it can't be planned as a join that scans the history.
     */
    private Set<UUID> withdrawFinished(Collection<Timer> withKeys) {
        Map<String, UUID> byKey =
                withKeys.stream().collect(Collectors.toMap(timer -> String.valueOf(timer.key()), Timer::id));
        Set<UUID> taken = handle
                .createQuery("SELECT key " + FINISHED_KEYS)
                .bindArray("keys", String.class, byKey.keySet())
                .mapTo(String.class)
                .stream()
                .map(byKey::get)
                .collect(Collectors.toSet());
        keyed.withdraw(taken);
        return taken;
    }

    /** Indexes timer_key and timer_key_history_key. */
    @Override
    public Map<String, KeyHolder> findByKeys(Collection<String> keys) {
        return KeyedRows.holders(
                handle.createQuery("SELECT key, id, NULL::timestamptz AS finished_at FROM timer WHERE key = ANY(:keys)"
                                + " UNION ALL SELECT key, id, finished_at " + FINISHED_KEYS)
                        .bindArray("keys", String.class, keys));
    }

    /** Primary key. */
    @Override
    public Optional<Timer> find(UUID id) {
        return handle.createQuery("SELECT " + TimerRows.COLUMNS + " FROM timer WHERE id = :id")
                .bind("id", id)
                .map(rows)
                .findFirst();
    }

    /** Index timer_history_id, of these days. */
    @Override
    public Optional<Timer> findFinished(UUID id, @Nullable Days days) {
        return handle.createQuery(
                        "SELECT " + TimerRows.COLUMNS + " FROM " + Partitions.of(History.TIMER, days) + " AND id = :id")
                .bind("id", id)
                .map(rows)
                .findFirst();
    }

    @Override
    public List<DueTimer> load(Collection<UUID> ids, long largest) {
        return handle.createQuery(LOAD)
                .bindArray("ids", UUID.class, ids)
                .bind("largest", largest)
                .bind("url", URL_IN_SPEC)
                .map(this::due)
                .filter(Optional::isPresent)
                .map(Optional::get)
                .list();
    }

    /** Empty where the row can't be read: by this version of the program, or with this machine's time zones. */
    private Optional<DueTimer> due(ResultSet row, StatementContext context) throws SQLException {
        return readable(row, () -> {
            Rows.optionalZone(row, "timezone");
            Rows.optionalZone(row, "run_timezone");
            FiredTimer timer = new FiredTimer(
                    Rows.uuid(row, "id"),
                    TimerStatus.of(row.getString("status")),
                    Rows.instant(row, "due_at"),
                    Rows.instant(row, "next_attempt_at"),
                    row.getInt("attempts_spent"),
                    row.getInt("attempts_made"),
                    TimerRows.owner(row),
                    row.getString("traceparent"));
            return new DueTimer(
                    timer,
                    row.getBoolean("held"),
                    Rows.optionalInteger(row, "run_version"),
                    row.getLong("bytes"),
                    call(row),
                    row.getString("url"));
        });
    }

    private DueTimer.@Nullable Call call(ResultSet row) throws SQLException {
        String spec = row.getString("spec");
        String input = row.getString("run_input");
        return spec == null
                ? null
                : new DueTimer.Call(
                        json.spec(spec), row.getString("run_key"), input == null ? null : new JsonText(input));
    }

    @Override
    public List<Timer> read(Collection<UUID> ids) {
        return handle.createQuery("SELECT " + TimerRows.COLUMNS + " FROM timer WHERE id = ANY(:ids)")
                .bindArray("ids", UUID.class, ids)
                .map((row, context) -> readable(row, () -> rows.map(row, context)))
                .filter(Optional::isPresent)
                .map(Optional::get)
                .list();
    }

    /** Primary key. */
    @Override
    public Set<UUID> waiting(Collection<UUID> ids) {
        return handle.createQuery("SELECT id FROM timer WHERE id = ANY(:ids)")
                .bindArray("ids", UUID.class, ids)
                .mapTo(UUID.class)
                .collect(Collectors.toSet());
    }

    /** Primary keys; of the fired triggers all, which are few. */
    @Override
    public Map<UUID, Instant> dueTimesOfStranded(Collection<UUID> ids) {
        return handle.createQuery("""
                        SELECT id, due_at
                        FROM timer
                        WHERE id = ANY(:ids)
                          AND %s IS NULL
                          AND NOT %s""".formatted(
                                JdbiRepairStore.TRIGGERS.stateOf("timer.id::text"),
                                JdbiRepairStore.TRIGGERS.isInHand("id::text")))
                .bindArray("ids", UUID.class, ids)
                .map((row, context) -> Map.entry(Rows.uuid(row, "id"), Rows.instant(row, "due_at")))
                .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));
    }

    /** Primary key. */
    @Override
    public Map<UUID, Integer> lanes(Collection<UUID> ids) {
        return handle.createQuery("SELECT id, lane FROM timer WHERE id = ANY(:ids)")
                .bindArray("ids", UUID.class, ids)
                .map((row, context) -> Map.entry(Rows.uuid(row, "id"), row.getInt("lane")))
                .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));
    }

    @Override
    public List<Timer> lock(Collection<UUID> ids) {
        return handle.createQuery(
                        "SELECT " + TimerRows.COLUMNS + " FROM timer WHERE id = ANY(:ids) ORDER BY id FOR UPDATE")
                .bindArray("ids", UUID.class, ids)
                .map(rows)
                .list();
    }

    @Override
    public void update(Collection<Timer> timers) {
        if (timers.isEmpty()) {
            return;
        }
        var update = handle.createUpdate(UPDATE);
        array(update, "id", UUID.class, timers, Timer::id);
        array(update, "status", String.class, timers, timer -> timer.status().toString());
        array(update, "due", Instant.class, timers, Timer::dueAt);
        array(update, "next", Instant.class, timers, Timer::nextAttemptAt);
        array(update, "spec", String.class, timers, timer -> json.write(timer.spec()));
        array(update, "timezone", String.class, timers, timer -> timer.timezone()
                .getId());
        array(update, "version", Integer.class, timers, timer -> owned(timer, TimerOwner::workflowVersion));
        array(update, "lane", Integer.class, timers, this::lane);
        keyed.expect(timers.size(), update.execute());
    }

    /** Primary key. */
    @Override
    public void markPausedAlone(Collection<UUID> ids) {
        handle.createUpdate("UPDATE timer SET paused_alone = true WHERE id = ANY(:ids) AND status = 'paused'")
                .bindArray("ids", UUID.class, ids)
                .execute();
    }

    /** Primary key. */
    @Override
    public Set<UUID> pausedAlone(Collection<UUID> ids) {
        return handle.createQuery("SELECT id FROM timer WHERE id = ANY(:ids) AND paused_alone")
                .bindArray("ids", UUID.class, ids)
                .mapTo(UUID.class)
                .collect(Collectors.toSet());
    }

    @Override
    public void hold(Map<UUID, Instant> nextAttempts) {
        if (nextAttempts.isEmpty()) {
            return;
        }
        List<Map.Entry<UUID, Instant>> timers = List.copyOf(nextAttempts.entrySet());
        var update = handle.createUpdate("""
                UPDATE timer
                SET status = 'paused', next_attempt_at = t.next_attempt_at
                FROM unnest(:id, :next) AS t (id, next_attempt_at)
                WHERE timer.id = t.id AND timer.id = ANY(:id)""");
        array(update, "id", UUID.class, timers, Map.Entry::getKey);
        array(update, "next", Instant.class, timers, Map.Entry::getValue);
        keyed.expect(timers.size(), update.execute());
    }

    @Override
    public Set<UUID> cancel(Collection<UUID> ids, Instant now) {
        return handle.createQuery(CANCEL)
                .bindArray("ids", UUID.class, ids)
                .bind("now", now)
                .mapTo(UUID.class)
                .collect(Collectors.toSet());
    }

    @Override
    public void settle(Collection<Settlement> settlements) {
        Map<Boolean, List<Settlement>> byEnd = settlements.stream()
                .collect(Collectors.partitioningBy(
                        settlement -> settlement.status().waiting()));
        finish(byEnd.getOrDefault(false, List.of()));
        retry(byEnd.getOrDefault(true, List.of()));
    }

    private void finish(List<Settlement> settlements) {
        if (settlements.isEmpty()) {
            return;
        }
        dead.add(settlements.stream()
                .filter(settlement -> settlement.status() == TimerStatus.DEAD)
                .toList());
        var insert = handle.createUpdate(FINISH);
        results(insert, settlements);
        keyed.expect(settlements.size(), insert.execute());
    }

    private void retry(List<Settlement> settlements) {
        if (settlements.isEmpty()) {
            return;
        }
        var update = handle.createUpdate("""
                UPDATE timer
                SET status = t.status, next_attempt_at = t.next_attempt_at, attempts_spent = attempts_spent + 1,
                    attempts = coalesce(attempts, '[]') || t.attempt::jsonb, lateness_ms = coalesce(lateness_ms, t.lateness)
                FROM unnest(:id, :status, :attempt, :lateness, :next)
                     AS t (id, status, attempt, lateness, next_attempt_at)
                WHERE timer.id = t.id AND timer.id = ANY(:id)""");
        results(update, settlements);
        array(update, "next", Instant.class, settlements, Settlement::nextAttemptAt);
        keyed.expect(settlements.size(), update.execute());
    }

    private void results(SqlStatement<?> statement, List<Settlement> settlements) {
        array(statement, "id", UUID.class, settlements, Settlement::timerId);
        array(statement, "status", String.class, settlements, settlement -> settlement
                .status()
                .toString());
        array(statement, "attempt", String.class, settlements, settlement -> json.write(settlement.attempt()));
        array(statement, "lateness", Long.class, settlements, Settlement::latenessMs);
        array(statement, "settled", Instant.class, settlements, Settlement::settledAt);
    }

    @Override
    public List<Timer> redrive(Map<UUID, Instant> finished, Instant now) {
        if (finished.isEmpty()) {
            return List.of();
        }
        List<DeadLane> found = lanesOfDead(finished);
        var redrive = handle.createQuery(REDRIVE)
                .define("timers", Partitions.of(History.TIMER, finished.values()))
                .define("runs", Partitions.of(History.RUN, "r", finished.values()))
                .bind("now", now);
        array(redrive, "ids", UUID.class, found, DeadLane::id);
        array(redrive, "lanes", Integer.class, found, DeadLane::lane);
        List<Timer> redriven = redrive.map(rows).list();
        keyed.bringBack(redriven, Timer::key, Timer::id);
        dead.remove(redriven.stream().map(timer -> died(timer.id(), finished)).toList());
        return redriven;
    }

    private static DeadTimer died(UUID id, Map<UUID, Instant> finished) {
        return new DeadTimer(id, Objects.requireNonNull(finished.get(id)));
    }

    /** Index timer_history_id, of the days on which they died; locks the history's rows. */
    @Override
    public Set<UUID> dismiss(Map<UUID, Instant> finished) {
        if (finished.isEmpty()) {
            return Set.of();
        }
        Set<UUID> dismissed = handle.createQuery("UPDATE timer_history SET status = 'cancelled' WHERE "
                        + Partitions.days("timer_history", finished.values())
                        + " AND id = ANY(:ids) AND status = 'dead' RETURNING id")
                .bindArray("ids", UUID.class, finished.keySet())
                .mapTo(UUID.class)
                .collect(Collectors.toSet());
        dead.remove(dismissed.stream().map(id -> died(id, finished)).toList());
        return dismissed;
    }

    private record DeadLane(UUID id, int lane) {}

    /** A finished timer has no lane of its own, and is not changed any more. Index timer_history_id, of the days on which they were finished. */
    private List<DeadLane> lanesOfDead(Map<UUID, Instant> finished) {
        return handle.createQuery("SELECT id, spec FROM " + Partitions.of(History.TIMER, finished.values())
                        + " AND id = ANY(:ids) AND status = 'dead'")
                .bindArray("ids", UUID.class, finished.keySet())
                .map((row, context) -> new DeadLane(
                        Rows.uuid(row, "id"),
                        lanes.applyAsInt(
                                json.spec(row.getString("spec")).action().url())))
                .list();
    }

    /** Index timer_history_id, of the days on which they were finished. */
    @Override
    public List<Timer> dead(Map<UUID, Instant> finished) {
        if (finished.isEmpty()) {
            return List.of();
        }
        return finished(finished, " AND status = 'dead'");
    }

    @Override
    public Look<KeyHolder, UUID> look(
            OperationKind kind,
            TimerFilter filter,
            Set<Integer> lanes,
            UUID upTo,
            @Nullable UUID after,
            int most,
            int limit) {
        TimerMatch match = new TimerMatch(kind, filter, lanes, upTo, after);
        List<Rows.LookedAt<KeyHolder, UUID>> rows = handle.createQuery(match.look(most, limit))
                .bindMap(match.values())
                .map((row, context) -> new Rows.LookedAt<>(
                        new KeyHolder(Rows.uuid(row, "id"), null),
                        Rows.uuid(row, "id"),
                        row.getBoolean("matches"),
                        row.getLong("bytes"),
                        row.getInt("seen")))
                .list();
        return Rows.LookedAt.look(rows, after, most, limit);
    }

    @Override
    public PartialCount<UUID> count(
            OperationKind kind,
            TimerFilter filter,
            Set<Integer> lanes,
            UUID upTo,
            @Nullable UUID after,
            int most,
            int limit) {
        TimerMatch match = new TimerMatch(kind, filter, lanes, upTo, after);
        return handle.createQuery(match.count(most, limit))
                .bindMap(match.values())
                .map((row, context) -> new PartialCount<>(
                        Rows.matching(row, context), Rows.optionalUuid(row, "last"), row.getInt("seen") < most))
                .one();
    }

    /** Primary key. */
    @Override
    public UUID latest(UUID id) {
        return handle.createQuery("SELECT greatest(CAST(:id AS uuid), (SELECT id FROM timer ORDER BY id DESC LIMIT 1))")
                .bind("id", id)
                .mapTo(UUID.class)
                .one();
    }

    @Override
    public Map<UUID, TimerStatus> finished(Collection<UUID> ids, Days days) {
        return finished(Partitions.of(History.TIMER, days), ids);
    }

    @Override
    public Map<UUID, TimerStatus> finished(Map<UUID, Instant> finished) {
        return finished.isEmpty()
                ? Map.of()
                : finished(Partitions.of(History.TIMER, finished.values()), finished.keySet());
    }

    /** Index timer_history_id, of some days. */
    private Map<UUID, TimerStatus> finished(String timers, Collection<UUID> ids) {
        return handle.createQuery("SELECT id, status FROM " + timers + " AND id = ANY(:ids)")
                .bindArray("ids", UUID.class, ids)
                .map((row, context) -> Map.entry(Rows.uuid(row, "id"), TimerStatus.of(row.getString("status"))))
                .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));
    }

    /** Index timer_history_id, of the days on which they were finished. */
    @Override
    public List<Timer> readFinished(Map<UUID, Instant> finished) {
        return finished.isEmpty() ? List.of() : finished(finished, "");
    }

    /** @param condition more that is asked of them */
    private List<Timer> finished(Map<UUID, Instant> finished, String condition) {
        return handle
                .createQuery("SELECT " + TimerRows.COLUMNS + " FROM " + Partitions.of(History.TIMER, finished.values())
                        + " AND id = ANY(:ids)" + condition)
                .bindArray("ids", UUID.class, finished.keySet())
                .map((row, context) -> readable(row, () -> rows.map(row, context)))
                .list()
                .stream()
                .flatMap(Optional::stream)
                .toList();
    }

    private static <T> Optional<T> readable(ResultSet row, Rows.RowReader<T> reading) throws SQLException {
        return Rows.readable("Timer", row, reading);
    }

    /** Index timer_run. */
    @Override
    public List<Timer> ofRun(UUID runId) {
        return handle.createQuery(
                        "SELECT " + TimerRows.COLUMNS + " FROM timer WHERE run_id = :run ORDER BY created_at, id")
                .bind("run", runId)
                .map((row, context) -> readable(row, () -> rows.map(row, context)))
                .filter(Optional::isPresent)
                .map(Optional::get)
                .list();
    }

    /** Index timer_history_run, of these days. */
    @Override
    public List<Timer> finishedOfRun(UUID runId, @Nullable Days days) {
        return handle.createQuery("SELECT " + TimerRows.COLUMNS + " FROM " + Partitions.of(History.TIMER, days)
                        + " AND run_id = :run ORDER BY created_at, id")
                .bind("run", runId)
                .map((row, context) -> readable(row, () -> rows.map(row, context)))
                .filter(Optional::isPresent)
                .map(Optional::get)
                .list();
    }

    private int lane(Timer timer) {
        return lanes.applyAsInt(timer.spec().action().url());
    }

    private static <V> @Nullable V owned(Timer timer, Function<TimerOwner, V> value) {
        TimerOwner owner = timer.owner();
        return owner == null ? null : value.apply(owner);
    }
}
