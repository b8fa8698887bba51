package dev.bide.persistence;

import static dev.bide.persistence.JdbiTimerStore.array;

import dev.bide.workflow.Cursor;
import dev.bide.workflow.JsonText;
import dev.bide.workflow.Page;
import dev.bide.workflow.PageRequest;
import dev.bide.workflow.Run;
import dev.bide.workflow.RunFilter;
import dev.bide.workflow.RunStatus;
import dev.bide.workflow.RunStore;
import dev.bide.workflow.RunWithInput;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
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
    private static final String UNNESTED = """
            SELECT id, workflow_id, workflow_version, key, timezone, status, task_id, timer_id, error,
                   created_at, updated_at, finished_at, input::json
            FROM unnest(:id, :workflow, :version, :key, :timezone, :status, :task, :timer, :error, :created, :updated, :finished, :input)
                 AS r (id, workflow_id, workflow_version, key, timezone, status, task_id, timer_id, error,
                       created_at, updated_at, finished_at, input)
            """;

    /** The order in which rows with keys are inserted, whoever inserts them; of equal ones the first made wins. */
    private static final String BY_KEY = "ORDER BY key COLLATE \"C\" NULLS FIRST, workflow_id, id";

    private final Handle handle;

    JdbiRunStore(Handle handle) {
        this.handle = handle;
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
        var insert = handle.createQuery("INSERT INTO run (" + WITH_INPUT + ") " + UNNESTED + BY_KEY
                + " ON CONFLICT (key, workflow_id) WHERE key IS NOT NULL DO NOTHING RETURNING id");
        bind(insert, runs);
        array(insert, "input", String.class, started, one -> one.input().text());
        Set<UUID> inserted = insert.mapTo(UUID.class).collect(Collectors.toSet());
        List<Run> keyed = runs.stream()
                .filter(run -> run.key() != null && inserted.contains(run.id()))
                .toList();
        if (!keyed.isEmpty()) {
            inserted.removeAll(withdrawFinished(keyed));
        }
        return inserted;
    }

    /** As for timers: looked up after the insert, when a run that was moved into the history meanwhile can be seen there. Index run_history_key. */
    private Set<UUID> withdrawFinished(Collection<Run> keyed) {
        Map<RunKey, UUID> byKey = keyed.stream()
                .collect(Collectors.toMap(run -> new RunKey(String.valueOf(run.key()), run.workflowId()), Run::id));
        Set<UUID> taken = handle
                .createQuery(
                        "SELECT key, workflow_id FROM run_history WHERE key = ANY(:keys) AND workflow_id = ANY(:workflows)")
                .bindArray("keys", String.class, keyed.stream().map(Run::key).toList())
                .bindArray(
                        "workflows",
                        UUID.class,
                        keyed.stream().map(Run::workflowId).distinct().toList())
                .map((row, context) -> new RunKey(row.getString("key"), Rows.uuid(row, "workflow_id")))
                .stream()
                .map(byKey::get)
                .filter(Objects::nonNull)
                .collect(Collectors.toSet());
        if (!taken.isEmpty()) {
            handle.createUpdate("DELETE FROM run WHERE id = ANY(:ids)")
                    .bindArray("ids", UUID.class, taken)
                    .execute();
        }
        return taken;
    }

    private record RunKey(String key, UUID workflowId) {}

    /** Indexes run_key and run_history_key. */
    @Override
    public Map<String, UUID> findByKeys(UUID workflowId, Collection<String> keys) {
        return handle.createQuery(
                        "SELECT key, id FROM run WHERE key = ANY(:keys) AND workflow_id = :workflow"
                                + " UNION ALL SELECT key, id FROM run_history WHERE key = ANY(:keys) AND workflow_id = :workflow")
                .bindArray("keys", String.class, keys)
                .bind("workflow", workflowId)
                .map((row, context) -> Map.entry(row.getString("key"), Rows.uuid(row, "id")))
                .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue, (one, other) -> one));
    }

    @Override
    public Optional<Run> find(UUID id) {
        return handle.createQuery("SELECT " + COLUMNS + " FROM run WHERE id = :id UNION ALL SELECT " + COLUMNS
                        + " FROM run_history WHERE id = :id")
                .bind("id", id)
                .map(this::run)
                .findFirst();
    }

    @Override
    public Optional<RunWithInput> findWithInput(UUID id) {
        return handle.createQuery("SELECT " + WITH_INPUT + " FROM run WHERE id = :id UNION ALL SELECT " + WITH_INPUT
                        + " FROM run_history WHERE id = :id")
                .bind("id", id)
                .map(this::withInput)
                .findFirst();
    }

    @Override
    public List<Run> lock(Collection<UUID> ids) {
        return handle.createQuery("SELECT " + COLUMNS + " FROM run WHERE id = ANY(:ids) ORDER BY id FOR UPDATE")
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
                    SET workflow_version = r.workflow_version, status = r.status, task_id = r.task_id, timer_id = r.timer_id,
                        error = r.error, updated_at = r.updated_at
                    FROM unnest(:id, :version, :status, :task, :timer, :error, :updated)
                         AS r (id, workflow_version, status, task_id, timer_id, error, updated_at)
                    WHERE run.id = r.id AND run.id = ANY(:id)""");
            bind(update, goingOn);
            expect(goingOn.size(), update.execute());
        }
        List<Run> over = byEnd.getOrDefault(true, List.of());
        if (!over.isEmpty()) {
            // What does not change stays in the database, the inputs above all.
            var move = handle.createUpdate("""
                    WITH moved AS (DELETE FROM run WHERE id = ANY(:id) RETURNING *)
                    INSERT INTO run_history
                    SELECT id, workflow_id, r.version, key, timezone, input, r.run_status, r.task, r.timer, r.why,
                           created_at, r.updated, r.finished
                    FROM moved
                    JOIN unnest(:id, :version, :status, :task, :timer, :error, :updated, :finished)
                         AS r (id, version, run_status, task, timer, why, updated, finished) USING (id)""");
            bind(move, over);
            expect(over.size(), move.execute());
        }
    }

    @Override
    public boolean fail(UUID id, String why, Instant now) {
        return handle.createUpdate("""
                        WITH moved AS (DELETE FROM run WHERE id = :id RETURNING *)
                        INSERT INTO run_history
                        SELECT id, workflow_id, workflow_version, key, timezone, input, 'failed', task_id, timer_id, :why,
                               created_at, :now, :now
                        FROM moved""")
                        .bind("id", id)
                        .bind("why", why)
                        .bind("now", now)
                        .execute()
                == 1;
    }

    @Override
    public Set<UUID> revive(Collection<UUID> ids, Instant now) {
        return handle.createQuery("""
                        WITH moved AS (DELETE FROM run_history WHERE id = ANY(:ids) AND status = 'failed' RETURNING *)
                        INSERT INTO run
                        SELECT id, workflow_id, workflow_version, key, timezone, input, 'active', task_id, timer_id, NULL,
                               created_at, :now, NULL
                        FROM moved
                        %s
                        RETURNING id""".formatted(BY_KEY))
                .bindArray("ids", UUID.class, ids)
                .bind("now", now)
                .mapTo(UUID.class)
                .collect(Collectors.toSet());
    }

    @Override
    public Page<RunWithInput> list(RunFilter filter, PageRequest page) {
        ListQuery query = new ListQuery(WITH_INPUT, "run", "run_history");
        query.equal("workflow_id", filter.workflowId());
        query.equal("key", filter.key());
        RunStatus status = filter.status();
        query.status(
                status == null ? null : status.toString(),
                status == null || !status.finished(),
                status == null || status.finished());
        query.page(page, null);
        return query.run(
                handle,
                this::withInput,
                one -> one.input().length(),
                one -> new Cursor(null, one.run().id()));
    }

    /** Index run_workflow. */
    @Override
    public long countBehind(UUID workflowId, int version) {
        return handle.createQuery(
                        "SELECT count(*) FROM run WHERE workflow_id = :workflow AND workflow_version < :version")
                .bind("workflow", workflowId)
                .bind("version", version)
                .mapTo(Long.class)
                .one();
    }

    /** Index run_workflow, and the primary key of timer. */
    @Override
    public Behind behind(UUID workflowId, int version, @Nullable UUID after, int limit) {
        List<Sized> found = handle.createQuery("SELECT " + COLUMNS + """
                        , (SELECT octet_length(spec::text) FROM timer WHERE timer.id = run.timer_id) AS bytes
                        FROM run
                        WHERE workflow_id = :workflow AND workflow_version < :version AND id > :after
                        ORDER BY id
                        LIMIT :limit""")
                .bind("workflow", workflowId)
                .bind("version", version)
                .bind("after", after == null ? FIRST : after)
                .bind("limit", limit)
                .map((row, context) -> new Sized(run(row, context), row.getLong("bytes")))
                .list();
        List<Run> runs = new ArrayList<>();
        long bytes = 0;
        for (Sized one : found) {
            bytes += one.bytes();
            if (bytes > JdbiTimerStore.LARGEST_SET && !runs.isEmpty()) {
                break;
            }
            runs.add(one.run());
        }
        return new Behind(runs, found.size() < limit && runs.size() == found.size());
    }

    private record Sized(Run run, long bytes) {}

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
                row.getString("error"),
                Rows.instant(row, "created_at"),
                Rows.instant(row, "updated_at"),
                Rows.optionalInstant(row, "finished_at"));
    }

    private RunWithInput withInput(ResultSet row, StatementContext context) throws SQLException {
        return new RunWithInput(run(row, context), new JsonText(row.getString("input")));
    }

    private static void expect(int wanted, int changed) {
        if (wanted != changed) {
            throw new IllegalStateException(changed + " of " + wanted + " runs were where they should be");
        }
    }
}
