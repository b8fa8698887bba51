package dev.bide.persistence;

import dev.bide.workflow.JsonText;
import dev.bide.workflow.Timer;
import dev.bide.workflow.TimerOwner;
import dev.bide.workflow.TimerStatus;
import dev.bide.workflow.store.Cursor;
import dev.bide.workflow.store.Days;
import dev.bide.workflow.store.DueTimer;
import dev.bide.workflow.store.FiredTimer;
import dev.bide.workflow.store.KeyHolder;
import dev.bide.workflow.store.OperationKind;
import dev.bide.workflow.store.Page;
import dev.bide.workflow.store.PageRequest;
import dev.bide.workflow.store.Settlement;
import dev.bide.workflow.store.TimerFilter;
import dev.bide.workflow.store.TimerStore;
import java.lang.reflect.Type;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.generic.GenericTypes;
import org.jdbi.v3.core.statement.SqlStatement;
import org.jdbi.v3.core.statement.StatementContext;
import org.jspecify.annotations.Nullable;

/** Timers that wait in {@code timer}, finished ones in the partitions of {@code timer_history}. */
final class JdbiTimerStore implements TimerStore {
    /** As text: PostgreSQL's own functions fail on JSON with an escaped NUL, or half of a letter, wherever it stands. An action's url comes before all that a user may name so. */
    private static final String URL_IN_SPEC = "\"url\":\"([^\"\\\\]*)\"";

    /** The order in which rows with keys are inserted, whoever inserts them: who waits for a key holds none that comes after it. Of equal ones the first made wins. */
    private static final String BY_KEY = "ORDER BY key COLLATE \"C\" NULLS FIRST, id";

    /** What bindArray makes of a type anew each time, at a hundredth of the cost of storing a timer. */
    private static final ClassValue<Type> ARRAYS = new ClassValue<>() {
        @Override
        protected Type computeValue(Class<?> type) {
            return GenericTypes.parameterizeClass(Iterable.class, type);
        }
    };

    /** Those whose timers are gone with their day are free, though their month is still there. */
    private static final String FINISHED_KEYS = "FROM timer_key_history WHERE key = ANY(:keys)"
            + " AND finished_at >= (SELECT kept_from FROM history_edge WHERE history = 'timer_history')";

    private final Handle handle;
    private final JsonColumns json;
    private final TimerRows rows;

    JdbiTimerStore(Handle handle, JsonColumns json) {
        this.handle = handle;
        this.json = json;
        this.rows = new TimerRows(json);
    }

    /** The timers as columns. Those with keys come in order of key, so that two sets with the same keys can't wait for each other. */
    @Override
    public Set<UUID> insert(Collection<Timer> timers) {
        if (timers.isEmpty()) {
            return Set.of();
        }
        var insert = handle.createQuery("""
                INSERT INTO timer (id, status, due_at, next_attempt_at, created_at, timezone, spec, attempts_spent,
                                   run_id, workflow_id, workflow_version, task_id, key)
                SELECT id, status, due_at, next_attempt_at, created_at, timezone, spec::json, 0,
                       run_id, workflow_id, workflow_version, task_id, key
                FROM unnest(:id, :status, :due, :next, :created, :timezone, :spec, :run, :workflow, :version, :task, :key)
                     AS t (id, status, due_at, next_attempt_at, created_at, timezone, spec, run_id, workflow_id,
                           workflow_version, task_id, key)
                %s
                ON CONFLICT (key) WHERE key IS NOT NULL DO NOTHING
                RETURNING id""".formatted(BY_KEY));
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
        Set<UUID> inserted = insert.mapTo(UUID.class).collect(Collectors.toSet());
        List<Timer> keyed = timers.stream()
                .filter(timer -> timer.key() != null && inserted.contains(timer.id()))
                .toList();
        if (!keyed.isEmpty()) {
            inserted.removeAll(withdrawFinished(keyed));
        }
        return inserted;
    }

    /**
     * A key may also be in the history. Looked up only after the insert: a timer that was moved there while we inserted is seen then, since
     * its row in {@code timer} was gone before ours could be there. Index timer_key_history_key, in a partition for each month; the keys stand
     * alone in the statement, so that it can't be planned as a join that scans the history.
     */
    private Set<UUID> withdrawFinished(Collection<Timer> keyed) {
        Map<String, UUID> byKey =
                keyed.stream().collect(Collectors.toMap(timer -> String.valueOf(timer.key()), Timer::id));
        Set<UUID> taken = handle
                .createQuery("SELECT key " + FINISHED_KEYS)
                .bindArray("keys", String.class, byKey.keySet())
                .mapTo(String.class)
                .stream()
                .map(byKey::get)
                .collect(Collectors.toSet());
        if (!taken.isEmpty()) {
            handle.createUpdate("DELETE FROM timer WHERE id = ANY(:ids)")
                    .bindArray("ids", UUID.class, taken)
                    .execute();
        }
        return taken;
    }

    /** Indexes timer_key and timer_key_history_key. */
    @Override
    public Map<String, KeyHolder> findByKeys(Collection<String> keys) {
        return handle.createQuery("SELECT key, id, NULL::timestamptz AS finished_at FROM timer WHERE key = ANY(:keys)"
                        + " UNION ALL SELECT key, id, finished_at " + FINISHED_KEYS)
                .bindArray("keys", String.class, keys)
                .map((row, context) -> Map.entry(
                        row.getString("key"),
                        new KeyHolder(Rows.uuid(row, "id"), Rows.optionalInstant(row, "finished_at"))))
                .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue, (one, other) -> one));
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
        return handle.createQuery("SELECT " + TimerRows.COLUMNS + " FROM " + Partitions.of("timer_history", days)
                        + " AND id = :id")
                .bind("id", id)
                .map(rows)
                .findFirst();
    }

    /** Primary keys. The run's zone is read too: what can't be read when it is settled is not to be called. */
    @Override
    public List<DueTimer> load(Collection<UUID> ids, long largest) {
        return handle.createQuery("""
                        SELECT t.id, t.status, t.due_at, t.next_attempt_at, t.timezone, t.attempts_spent,
                               coalesce(jsonb_array_length(t.attempts), 0) AS attempts_made,
                               t.run_id, t.workflow_id, t.workflow_version, t.task_id,
                               t.status = 'paused' OR t.run_id IS NOT NULL AND run.status IS DISTINCT FROM 'active' AS held,
                               run.workflow_version AS run_version, run.timezone AS run_timezone, run.key AS run_key, size.bytes,
                               CASE WHEN size.bytes <= :largest THEN t.spec END AS spec,
                               CASE WHEN size.bytes <= :largest THEN run.input END AS run_input,
                               CASE WHEN size.bytes > :largest THEN substring(t.spec::text FROM :url) END AS url
                        FROM timer AS t
                        LEFT JOIN run ON run.id = t.run_id
                        CROSS JOIN LATERAL (
                            SELECT octet_length(t.spec::text)::bigint + coalesce(octet_length(run.input::text), 0) AS bytes) AS size
                        WHERE t.id = ANY(:ids)""")
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
                    TimerRows.owner(row));
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
        var update = handle.createUpdate("""
                UPDATE timer
                SET status = t.status, due_at = t.due_at, next_attempt_at = t.next_attempt_at, spec = t.spec::json,
                    timezone = t.timezone, workflow_version = t.workflow_version,
                    paused_alone = timer.paused_alone AND t.status = 'paused'
                FROM unnest(:id, :status, :due, :next, :spec, :timezone, :version)
                     AS t (id, status, due_at, next_attempt_at, spec, timezone, workflow_version)
                WHERE timer.id = t.id AND timer.id = ANY(:id)""");
        array(update, "id", UUID.class, timers, Timer::id);
        array(update, "status", String.class, timers, timer -> timer.status().toString());
        array(update, "due", Instant.class, timers, Timer::dueAt);
        array(update, "next", Instant.class, timers, Timer::nextAttemptAt);
        array(update, "spec", String.class, timers, timer -> json.write(timer.spec()));
        array(update, "timezone", String.class, timers, timer -> timer.timezone()
                .getId());
        array(update, "version", Integer.class, timers, timer -> owned(timer, TimerOwner::workflowVersion));
        expect(timers.size(), update.execute());
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
        expect(timers.size(), update.execute());
    }

    @Override
    public Set<UUID> cancel(Collection<UUID> ids, Instant now) {
        return handle.createQuery("""
                        WITH moved AS (DELETE FROM timer WHERE id = ANY(:ids) RETURNING *),
                        keyed AS (INSERT INTO timer_key_history SELECT key, id, :now FROM moved WHERE key IS NOT NULL)
                        INSERT INTO timer_history
                        SELECT id, 'cancelled', due_at, NULL, created_at, timezone, spec, attempts_spent, attempts, lateness_ms,
                               run_id, workflow_id, workflow_version, task_id, key, :now
                        FROM moved
                        RETURNING id""")
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
        // The ids stand alone in the DELETE: a join to unnest there is planned without statistics and scans the table.
        var insert = handle.createUpdate("""
                WITH moved AS (DELETE FROM timer WHERE id = ANY(:id) RETURNING *),
                keyed AS (
                    INSERT INTO timer_key_history
                    SELECT key, id, t.settled_at
                    FROM (SELECT key, id FROM moved WHERE key IS NOT NULL) AS m
                    JOIN unnest(:id, :settled) AS t (id, settled_at) USING (id))
                INSERT INTO timer_history
                SELECT id, t.status, due_at, NULL, created_at, timezone, spec, attempts_spent + 1,
                       coalesce(attempts, '[]') || t.attempt::jsonb, coalesce(lateness_ms, t.lateness),
                       run_id, workflow_id, workflow_version, task_id, key, t.settled_at
                FROM moved
                JOIN unnest(:id, :status, :attempt, :lateness, :settled)
                     AS t (id, status, attempt, lateness, settled_at) USING (id)""");
        results(insert, settlements);
        expect(settlements.size(), insert.execute());
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
        expect(settlements.size(), update.execute());
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

    /** Indexes timer_history_id and run_history_id, of the days on which they were finished: a run fails in the transaction, and at the time, of its timer. */
    @Override
    public List<Timer> redrive(Map<UUID, Instant> finished, Instant now) {
        if (finished.isEmpty()) {
            return List.of();
        }
        List<Timer> redriven = handle.createQuery("""
                        WITH moved AS (
                            DELETE FROM %s AND id = ANY(:ids) AND status = 'dead'
                              AND (run_id IS NULL
                                   OR EXISTS (SELECT FROM %s AND r.id = timer_history.run_id AND r.timer_id = timer_history.id
                                                AND r.status = 'failed'))
                            RETURNING *)
                        INSERT INTO timer
                        SELECT id, 'scheduled', :now, :now, created_at, timezone, spec, 0, attempts, lateness_ms,
                               run_id, workflow_id, workflow_version, task_id, key, NULL
                        FROM moved
                        %s
                        RETURNING *""".formatted(
                                Partitions.of("timer_history", finished.values()),
                                Partitions.of("run_history AS r", finished.values()),
                                BY_KEY))
                .bindArray("ids", UUID.class, finished.keySet())
                .bind("now", now)
                .map(rows)
                .list();
        List<Timer> keyed =
                redriven.stream().filter(timer -> timer.key() != null).toList();
        if (!keyed.isEmpty()) {
            handle.createUpdate("DELETE FROM timer_key_history WHERE key = ANY(:keys) AND id = ANY(:ids)")
                    .bindArray(
                            "keys", String.class, keyed.stream().map(Timer::key).toList())
                    .bindArray("ids", UUID.class, keyed.stream().map(Timer::id).toList())
                    .execute();
        }
        return redriven;
    }

    /** Index timer_history_id, of the days on which they were finished. */
    @Override
    public List<Timer> dead(Map<UUID, Instant> finished) {
        if (finished.isEmpty()) {
            return List.of();
        }
        return handle
                .createQuery("SELECT " + TimerRows.COLUMNS + " FROM "
                        + Partitions.of("timer_history", finished.values()) + " AND id = ANY(:ids) AND status = 'dead'")
                .bindArray("ids", UUID.class, finished.keySet())
                .map((row, context) -> readable(row, () -> rows.map(row, context)))
                .list()
                .stream()
                .flatMap(Optional::stream)
                .toList();
    }

    @Override
    public Look look(OperationKind kind, TimerFilter filter, UUID upTo, @Nullable UUID after, int most, int limit) {
        TimerMatch match = new TimerMatch(kind, filter, upTo, after);
        List<LookedAt> rows = handle.createQuery(match.look(most, limit))
                .bindMap(match.values())
                .map((row, context) -> new LookedAt(
                        new KeyHolder(Rows.uuid(row, "id"), Rows.optionalInstant(row, "finished_at")),
                        row.getBoolean("matches"),
                        row.getLong("bytes"),
                        row.getInt("seen")))
                .list();
        List<KeyHolder> matching = new ArrayList<>();
        UUID last = after;
        long bytes = 0;
        for (LookedAt row : rows) {
            bytes += row.bytes();
            boolean full = matching.size() == limit || bytes > Sized.LARGEST_SET && !matching.isEmpty();
            if (row.matches() && full) {
                return new Look(matching, last, false);
            }
            if (row.matches()) {
                matching.add(row.timer());
            }
            last = row.timer().id();
        }
        return new Look(matching, last, rows.isEmpty() || rows.get(0).seen() < most);
    }

    /** @param bytes of its delay and action, where it matches; else 0 */
    private record LookedAt(KeyHolder timer, boolean matches, long bytes, int seen) {}

    @Override
    public Count count(OperationKind kind, TimerFilter filter, UUID upTo, @Nullable UUID after, int most) {
        TimerMatch match = new TimerMatch(kind, filter, upTo, after);
        return handle.createQuery(match.count(most))
                .bindMap(match.values())
                .map((row, context) ->
                        new Count(row.getLong("matching"), Rows.optionalUuid(row, "last"), row.getInt("seen") < most))
                .one();
    }

    /** Primary key, or index timer_history_unusual. */
    @Override
    public UUID latest(OperationKind kind, UUID id) {
        boolean waiting = kind.from().stream().allMatch(TimerStatus::waiting);
        return handle.createQuery("SELECT greatest(CAST(:id AS uuid), (SELECT id FROM "
                        + (waiting ? "timer" : "timer_history WHERE status = 'dead'") + " ORDER BY id DESC LIMIT 1))")
                .bind("id", id)
                .mapTo(UUID.class)
                .one();
    }

    /** Index timer_history_id, of these days. */
    @Override
    public Set<UUID> cancelled(Collection<UUID> ids, Days days) {
        return handle.createQuery("SELECT id FROM " + Partitions.of("timer_history", days)
                        + " AND id = ANY(:ids) AND status = 'cancelled'")
                .bindArray("ids", UUID.class, ids)
                .mapTo(UUID.class)
                .collect(Collectors.toSet());
    }

    @Override
    public Page<Timer> list(TimerFilter filter, PageRequest page) {
        ListQuery query = new ListQuery(TimerRows.COLUMNS, "timer", "timer_history");
        query.equal("workflow_id", filter.workflowId());
        query.equal("task_id", filter.taskId());
        query.equal("run_id", filter.runId());
        query.atLeast("due_at", filter.dueFrom());
        query.below("due_at", filter.dueTo());
        TimerStatus status = filter.status();
        query.status(
                status == null ? null : status.toString(),
                status == null || status.waiting(),
                status == null || !status.waiting());
        query.page(page, filter.byDueTime() ? "due_at" : null);
        Page<Listed> listed = query.run(
                handle, (row, context) -> listed(row, context, filter.byDueTime()), Listed::size, Listed::cursor);
        return new Page<>(
                listed.items().stream()
                        .map(Listed::timer)
                        .flatMap(Optional::stream)
                        .toList(),
                listed.next());
    }

    private Listed listed(ResultSet row, StatementContext context, boolean byDueTime) throws SQLException {
        Cursor cursor = new Cursor(byDueTime ? Rows.instant(row, "due_at") : null, Rows.uuid(row, "id"));
        return new Listed(cursor, readable(row, () -> rows.map(row, context)));
    }

    /** @param timer empty where it can't be read: the list goes on without it */
    private record Listed(Cursor cursor, Optional<Timer> timer) {
        long size() {
            return timer.map(one -> one.spec().action().size()).orElse(0L);
        }
    }

    private static <T> Optional<T> readable(ResultSet row, Rows.Reading<T> reading) throws SQLException {
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
        return handle.createQuery("SELECT " + TimerRows.COLUMNS + " FROM " + Partitions.of("timer_history", days)
                        + " AND run_id = :run ORDER BY created_at, id")
                .bind("run", runId)
                .map((row, context) -> readable(row, () -> rows.map(row, context)))
                .filter(Optional::isPresent)
                .map(Optional::get)
                .list();
    }

    static <T, V> void array(
            SqlStatement<?> statement,
            String name,
            Class<V> type,
            Collection<T> items,
            Function<T, @Nullable V> value) {
        // A plain list: a stream's toList, unlike List.of, may hold the nulls of optional columns.
        statement.bindByType(name, items.stream().map(value).toList(), ARRAYS.get(type));
    }

    private static <V> @Nullable V owned(Timer timer, Function<TimerOwner, V> value) {
        TimerOwner owner = timer.owner();
        return owner == null ? null : value.apply(owner);
    }

    private static void expect(int wanted, int changed) {
        if (wanted != changed) {
            throw new IllegalStateException(changed + " of " + wanted + " timers were where they should be");
        }
    }
}
