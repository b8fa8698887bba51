package dev.bide.persistence;

import static dev.bide.persistence.KeyedRows.array;

import dev.bide.workflow.JsonText;
import dev.bide.workflow.Run;
import dev.bide.workflow.RunStatus;
import dev.bide.workflow.figures.Look;
import dev.bide.workflow.figures.PartialCount;
import dev.bide.workflow.store.Days;
import dev.bide.workflow.store.HistoryStore.History;
import dev.bide.workflow.store.KeyHolder;
import dev.bide.workflow.store.RunFilter;
import dev.bide.workflow.store.RunStore;
import dev.bide.workflow.store.RunWithInput;
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
import java.util.stream.Collectors;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.SqlStatement;
import org.jdbi.v3.core.statement.StatementContext;
import org.jspecify.annotations.Nullable;

/** Runs that go on in {@code run}, finished ones in the partitions of {@code run_history}. */
final class JdbiRunStore implements RunStore {
    private static final UUID FIRST = new UUID(0, 0);
    private static final String COLUMNS =
            "id, workflow_id, workflow_version, key, timezone, status, task_id, timer_id, error, created_at, updated_at, finished_at";
    private static final String WITH_INPUT = COLUMNS + ", input";

    /** What is read. New runs have passed nothing. */
    private static final String READ = COLUMNS + ", passed";

    private static final String READ_WITH_INPUT = WITH_INPUT + ", passed";
    private static final String INSERT = Sql.of(JdbiRunStore.class, "insert");
    private static final String MOVE = Sql.of(JdbiRunStore.class, "move");
    private static final String FAIL = Sql.of(JdbiRunStore.class, "fail");
    private static final String REVIVE = Sql.of(JdbiRunStore.class, "revive");

    /** Those whose runs are gone with their day are free, though their month is still there. */
    private static final String FINISHED_KEYS =
            "FROM run_key_history WHERE key = ANY(:keys) AND workflow_id = ANY(:workflows)"
                    + " AND finished_at >= (SELECT kept_from FROM history_edge WHERE history = 'run_history')";

    private final Handle handle;
    private final KeyedRows keyed;

    JdbiRunStore(Handle handle) {
        this.handle = handle;
        this.keyed = new KeyedRows(handle, "run", History.RUN_KEY);
    }

    @Override
    public Set<UUID> insert(Collection<RunWithInput> runs) {
        // A run whose every task is skipped is over at once. It takes its key in run first, so that two of them can't
        // both.
        Set<UUID> inserted = insertUnlessKeyTaken(runs.stream()
                .map(one -> one.run().status().finished()
                        ? new RunWithInput(one.run().begun(), one.input())
                        : one)
                .toList());
        update(runs.stream()
                .map(RunWithInput::run)
                .filter(run -> run.status().finished() && inserted.contains(run.id()))
                .toList());
        return inserted;
    }

    /** One statement, in the order of the index run_key: whoever waits for a key holds none that comes after it. */
    private Set<UUID> insertUnlessKeyTaken(List<RunWithInput> started) {
        if (started.isEmpty()) {
            return Set.of();
        }
        List<Run> runs = started.stream().map(RunWithInput::run).toList();
        var insert = handle.createQuery(INSERT);
        bind(insert, runs);
        array(insert, "input", String.class, started, one -> one.input().text());
        Set<UUID> inserted = insert.mapTo(UUID.class).collect(Collectors.toSet());
        List<Run> withKeys = runs.stream()
                .filter(run -> run.key() != null && inserted.contains(run.id()))
                .toList();
        if (!withKeys.isEmpty()) {
            inserted.removeAll(withdrawFinished(withKeys));
        }
        return inserted;
    }

    /** As for timers: looked up after the insert, when a run that was moved into the history meanwhile can be seen there. Index run_key_history_key. */
    private Set<UUID> withdrawFinished(Collection<Run> withKeys) {
        Map<RunKey, UUID> byKey = withKeys.stream()
                .collect(Collectors.toMap(run -> new RunKey(String.valueOf(run.key()), run.workflowId()), Run::id));
        Set<UUID> taken = handle
                .createQuery("SELECT key, workflow_id " + FINISHED_KEYS)
                .bindArray("keys", String.class, withKeys.stream().map(Run::key).toList())
                .bindArray(
                        "workflows",
                        UUID.class,
                        withKeys.stream().map(Run::workflowId).distinct().toList())
                .map((row, context) -> new RunKey(row.getString("key"), Rows.uuid(row, "workflow_id")))
                .stream()
                .map(byKey::get)
                .filter(Objects::nonNull)
                .collect(Collectors.toSet());
        keyed.withdraw(taken);
        return taken;
    }

    private record RunKey(String key, UUID workflowId) {}

    /** Indexes run_key and run_key_history_key. */
    @Override
    public Map<String, KeyHolder> findByKeys(UUID workflowId, Collection<String> keys) {
        return KeyedRows.holders(handle.createQuery("SELECT key, id, NULL::timestamptz AS finished_at FROM run"
                        + " WHERE key = ANY(:keys) AND workflow_id = ANY(:workflows)"
                        + " UNION ALL SELECT key, id, finished_at " + FINISHED_KEYS)
                .bindArray("keys", String.class, keys)
                .bindArray("workflows", UUID.class, List.of(workflowId)));
    }

    /** Primary key. */
    @Override
    public Optional<Run> find(UUID id) {
        return handle.createQuery("SELECT " + READ + " FROM run WHERE id = :id")
                .bind("id", id)
                .map(this::run)
                .findFirst();
    }

    /** Index run_history_id, of these days. */
    @Override
    public Optional<Run> findFinished(UUID id, @Nullable Days days) {
        return handle.createQuery("SELECT " + READ + " FROM " + Partitions.of(History.RUN, days) + " AND id = :id")
                .bind("id", id)
                .map(this::run)
                .findFirst();
    }

    /** Primary key. */
    @Override
    public Optional<RunWithInput> findWithInput(UUID id) {
        return handle.createQuery("SELECT " + READ_WITH_INPUT + " FROM run WHERE id = :id")
                .bind("id", id)
                .map(this::withInput)
                .findFirst();
    }

    /** Index run_history_id, of these days. */
    @Override
    public Optional<RunWithInput> findFinishedWithInput(UUID id, @Nullable Days days) {
        return handle.createQuery(
                        "SELECT " + READ_WITH_INPUT + " FROM " + Partitions.of(History.RUN, days) + " AND id = :id")
                .bind("id", id)
                .map(this::withInput)
                .findFirst();
    }

    @Override
    public List<Run> lock(Collection<UUID> ids) {
        return handle.createQuery("SELECT " + READ + " FROM run WHERE id = ANY(:ids) ORDER BY id FOR UPDATE")
                .bindArray("ids", UUID.class, ids)
                .map(this::run)
                .list();
    }

    @Override
    public Set<UUID> paused(Collection<UUID> ids) {
        if (ids.isEmpty()) {
            return Set.of();
        }
        return handle.createQuery("SELECT id FROM run WHERE id = ANY(:ids) AND status = 'paused'")
                .bindArray("ids", UUID.class, ids)
                .mapTo(UUID.class)
                .collect(Collectors.toSet());
    }

    @Override
    public void update(Collection<Run> runs) {
        Map<Boolean, List<Run>> byEnd = runs.stream()
                .collect(Collectors.partitioningBy(run -> run.status().finished()));
        List<Run> goingOn = byEnd.getOrDefault(false, List.of());
        if (!goingOn.isEmpty()) {
            var update = handle.createUpdate("""
                    UPDATE run
                    SET status = r.status, task_id = r.task_id, timer_id = r.timer_id, error = r.error, updated_at = r.updated_at
                    FROM unnest(:id, :status, :task, :timer, :error, :updated)
                         AS r (id, status, task_id, timer_id, error, updated_at)
                    WHERE run.id = r.id AND run.id = ANY(:id)""");
            bind(update, goingOn);
            keyed.expect(goingOn.size(), update.execute());
        }
        List<Run> over = byEnd.getOrDefault(true, List.of());
        if (!over.isEmpty()) {
            var move = handle.createUpdate(MOVE);
            bind(move, over);
            keyed.expect(over.size(), move.execute());
            keepKeys(over.stream().filter(run -> run.key() != null).toList());
        }
    }

    /** Primary key. */
    @Override
    public void changeVersions(Collection<Run> runs) {
        if (runs.isEmpty()) {
            return;
        }
        var update = handle.createUpdate("""
                UPDATE run
                SET workflow_version = r.version, passed = r.passed::uuid[]
                FROM unnest(:id, :version, :passed) AS r (id, version, passed)
                WHERE run.id = r.id AND run.id = ANY(:id)""");
        array(update, "id", UUID.class, runs, Run::id);
        array(update, "version", Integer.class, runs, Run::workflowVersion);
        array(update, "passed", String.class, runs, run -> arrayText(run.passed()));
        keyed.expect(runs.size(), update.execute());
    }

    /** As PostgreSQL reads an array: one of arrays of different lengths, it does not have. Null where it is empty. */
    private static @Nullable String arrayText(List<UUID> ids) {
        return ids.isEmpty() ? null : ids.stream().map(UUID::toString).collect(Collectors.joining(",", "{", "}"));
    }

    /** In the transaction that moves them: who looks for a key finds it on one side or the other. A statement of its own, for those that have keys. */
    private void keepKeys(List<Run> withKeys) {
        if (withKeys.isEmpty()) {
            return;
        }
        var keep = handle.createUpdate(
                "INSERT INTO run_key_history SELECT * FROM unnest(:key, :workflow, :id, :finished) AS k (key, workflow_id, id, finished_at)");
        array(keep, "key", String.class, withKeys, Run::key);
        array(keep, "workflow", UUID.class, withKeys, Run::workflowId);
        array(keep, "id", UUID.class, withKeys, Run::id);
        array(keep, "finished", Instant.class, withKeys, Run::finishedAt);
        keep.execute();
    }

    /** Its key is kept as well, as above. */
    @Override
    public boolean fail(UUID id, String why, Instant now) {
        return handle.createUpdate(FAIL)
                        .bind("id", id)
                        .bind("why", why)
                        .bind("now", now)
                        .execute()
                == 1;
    }

    @Override
    public Set<UUID> revive(Map<UUID, Instant> finished, Instant now) {
        if (finished.isEmpty()) {
            return Set.of();
        }
        List<KeyedRun> revived = handle.createQuery(REVIVE)
                .define("runs", Partitions.of(History.RUN, finished.values()))
                .bindArray("ids", UUID.class, finished.keySet())
                .bind("now", now)
                .map((row, context) -> new KeyedRun(Rows.uuid(row, "id"), row.getString("key")))
                .list();
        keyed.bringBack(revived, KeyedRun::key, KeyedRun::id);
        return revived.stream().map(KeyedRun::id).collect(Collectors.toSet());
    }

    private record KeyedRun(UUID id, @Nullable String key) {}

    /** Index run_history_id, of the days on which they failed. */
    @Override
    public List<Run> failed(Map<UUID, Instant> finished) {
        if (finished.isEmpty()) {
            return List.of();
        }
        return handle
                .createQuery("SELECT " + READ + " FROM " + Partitions.of(History.RUN, finished.values())
                        + " AND id = ANY(:ids) AND status = 'failed'")
                .bindArray("ids", UUID.class, finished.keySet())
                .map((row, context) -> Rows.readable("Run", row, () -> run(row, context)))
                .list()
                .stream()
                .flatMap(Optional::stream)
                .toList();
    }

    /** Primary key. */
    @Override
    public List<RunWithInput> read(Collection<UUID> ids) {
        return handle.createQuery("SELECT " + READ_WITH_INPUT + " FROM run WHERE id = ANY(:ids)")
                .bindArray("ids", UUID.class, ids)
                .map(this::withInput)
                .list();
    }

    /** Index run_history_id, of these days. */
    @Override
    public List<RunWithInput> readFinished(Map<UUID, Instant> finished) {
        if (finished.isEmpty()) {
            return List.of();
        }
        return handle.createQuery("SELECT " + READ_WITH_INPUT + " FROM " + Partitions.of(History.RUN, finished.values())
                        + " AND id = ANY(:ids)")
                .bindArray("ids", UUID.class, finished.keySet())
                .map(this::withInput)
                .list();
    }

    @Override
    public Look<FoundRun, UUID> look(
            RunFilter filter, Collection<RunStatus> from, UUID upTo, @Nullable UUID after, int most, int limit) {
        RunMatch match = new RunMatch(filter, from, upTo, after);
        List<Rows.LookedAt<FoundRun, UUID>> rows = handle.createQuery(match.look(most, limit))
                .bindMap(match.values())
                .map((row, context) -> new Rows.LookedAt<>(
                        found(row, context),
                        Rows.uuid(row, "id"),
                        row.getBoolean("matches"),
                        row.getLong("bytes"),
                        row.getInt("seen")))
                .list();
        return Rows.LookedAt.look(rows, after, most, limit);
    }

    private static FoundRun found(ResultSet row, StatementContext context) throws SQLException {
        return new FoundRun(Rows.uuid(row, "id"), Rows.optionalUuid(row, "timer_id"));
    }

    @Override
    public PartialCount<UUID> count(
            RunFilter filter, Collection<RunStatus> from, UUID upTo, @Nullable UUID after, int most, int limit) {
        RunMatch match = new RunMatch(filter, from, upTo, after);
        return handle.createQuery(match.count(most, limit))
                .bindMap(match.values())
                .map((row, context) -> new PartialCount<>(
                        Rows.matching(row, context), Rows.optionalUuid(row, "last"), row.getInt("seen") < most))
                .one();
    }

    /** Primary key. */
    @Override
    public List<FoundRun> found(Collection<UUID> ids, Collection<RunStatus> from) {
        return handle.createQuery("SELECT id, timer_id FROM run WHERE id = ANY(:ids) AND status = ANY(:from)")
                .bindArray("ids", UUID.class, ids)
                .bindArray(
                        "from",
                        String.class,
                        from.stream().map(RunStatus::toString).toList())
                .map((row, context) -> found(row, context))
                .list();
    }

    /** Primary key. */
    @Override
    public UUID latest(UUID id) {
        return handle.createQuery("SELECT greatest(CAST(:id AS uuid), (SELECT id FROM run ORDER BY id DESC LIMIT 1))")
                .bind("id", id)
                .mapTo(UUID.class)
                .one();
    }

    /** Index run_history_unusual, of these days: failed runs in order of id. */
    @Override
    public Look<KeyHolder, UUID> failedOn(
            @Nullable Days days, RunFilter filter, Instant until, @Nullable UUID after, int most, int limit) {
        List<Rows.LookedAt<KeyHolder, UUID>> rows = handle.createQuery("""
                        WITH looked AS MATERIALIZED (
                            SELECT id, finished_at, finished_at <= :until
                                   AND (CAST(:workflow AS uuid) IS NULL OR workflow_id = :workflow)
                                   AND coalesce(CAST(:key AS text) IS NULL OR key = :key, false) AS matches
                            FROM <runs> AND status = 'failed' AND id > :after
                            ORDER BY id
                            LIMIT <most>)
                        SELECT id, finished_at, matches, (SELECT count(*) FROM looked) AS seen
                        FROM looked
                        WHERE matches OR id = (SELECT id FROM looked ORDER BY id DESC LIMIT 1)
                        ORDER BY id
                        LIMIT <more>""")
                .define("runs", Partitions.of(History.RUN, days))
                .define("most", most)
                .define("more", limit + 1)
                .bind("until", until)
                .bind("workflow", filter.workflowId())
                .bind("key", filter.key())
                .bind("after", after == null ? FIRST : after)
                .map((row, context) -> new Rows.LookedAt<>(
                        new KeyHolder(Rows.uuid(row, "id"), Rows.instant(row, "finished_at")),
                        Rows.uuid(row, "id"),
                        row.getBoolean("matches"),
                        0,
                        row.getInt("seen")))
                .list();
        return Rows.LookedAt.look(rows, after, most, limit);
    }

    /** Index run_workflow, and the primary key of timer. */
    @Override
    public Behind behind(UUID workflowId, int version, @Nullable UUID after, int limit) {
        List<Rows.Sized<Run>> found = handle.createQuery("SELECT " + READ + """
                        , (SELECT octet_length(spec::text) FROM timer WHERE timer.id = run.timer_id) AS bytes
                        FROM run
                        WHERE workflow_id = :workflow AND workflow_version < :version AND id > :after
                        ORDER BY id
                        LIMIT :limit""")
                .bind("workflow", workflowId)
                .bind("version", version)
                .bind("after", after == null ? FIRST : after)
                .bind("limit", limit)
                .map((row, context) -> new Rows.Sized<>(run(row, context), row.getLong("bytes")))
                .list();
        List<Run> runs = Rows.Sized.batch(found);
        return new Behind(runs, found.size() < limit && runs.size() == found.size());
    }

    private void bind(SqlStatement<?> statement, List<Run> runs) {
        array(statement, "id", UUID.class, runs, Run::id);
        array(statement, "workflow", UUID.class, runs, Run::workflowId);
        array(statement, "version", Integer.class, runs, Run::workflowVersion);
        array(statement, "key", String.class, runs, Run::key);
        array(
                statement,
                "timezone",
                String.class,
                runs,
                run -> run.timezone() == null ? null : run.timezone().getId());
        array(statement, "status", String.class, runs, run -> run.status().toString());
        array(statement, "task", UUID.class, runs, Run::taskId);
        array(statement, "timer", UUID.class, runs, Run::timerId);
        array(statement, "error", String.class, runs, Run::error);
        array(statement, "created", Instant.class, runs, Run::createdAt);
        array(statement, "updated", Instant.class, runs, Run::updatedAt);
        array(statement, "finished", Instant.class, runs, Run::finishedAt);
    }

    private Run run(ResultSet row, StatementContext context) throws SQLException {
        return new Run(
                Rows.uuid(row, "id"),
                Rows.uuid(row, "workflow_id"),
                row.getInt("workflow_version"),
                row.getString("key"),
                Rows.optionalZone(row, "timezone"),
                RunStatus.of(row.getString("status")),
                Rows.optionalUuid(row, "task_id"),
                Rows.optionalUuid(row, "timer_id"),
                Rows.uuids(row, "passed"),
                row.getString("error"),
                Rows.instant(row, "created_at"),
                Rows.instant(row, "updated_at"),
                Rows.optionalInstant(row, "finished_at"));
    }

    private RunWithInput withInput(ResultSet row, StatementContext context) throws SQLException {
        return new RunWithInput(run(row, context), new JsonText(row.getString("input")));
    }
}
