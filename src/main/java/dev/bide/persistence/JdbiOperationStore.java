package dev.bide.persistence;

import static dev.bide.persistence.KeyedRows.array;

import dev.bide.json.InvalidException;
import dev.bide.workflow.store.Cursor;
import dev.bide.workflow.store.KeyHolder;
import dev.bide.workflow.store.Operation;
import dev.bide.workflow.store.OperationKind;
import dev.bide.workflow.store.OperationStatus;
import dev.bide.workflow.store.OperationStore;
import dev.bide.workflow.store.Page;
import dev.bide.workflow.store.PageRequest;
import dev.bide.workflow.store.UnreadableException;
import java.io.UncheckedIOException;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.StatementContext;
import org.jspecify.annotations.Nullable;

/** {@code operation}: few rows, each locked by the node that works on it. */
record JdbiOperationStore(Handle handle, JsonColumns json) implements OperationStore {
    private static final String COLUMNS =
            "id, kind, request, reason, status, matched, done, failed, position, position_at, failures, created_at, started_at, updated_at, finished_at";

    @Override
    public void insert(Operation operation) {
        handle.createUpdate("INSERT INTO operation (" + COLUMNS + ")" + """
                         VALUES (:id, :kind, :request::json, :reason, :status, :matched, :done, :failed, :position::uuid, :positionAt::timestamptz,
                                :failures::json, :created, :started::timestamptz, :updated, :finished::timestamptz)""")
                .bind("id", operation.id())
                .bind("kind", operation.kind().toString())
                .bind("request", json.write(operation.request()))
                .bind("reason", operation.reason())
                .bind("created", operation.life().createdAt())
                .bindMap(written(operation))
                .execute();
    }

    /** What changes on the way. */
    private Map<String, @Nullable Object> written(Operation operation) {
        Operation.Progress progress = operation.progress();
        Map<String, @Nullable Object> values = new HashMap<>();
        values.put("status", progress.status().toString());
        values.put("matched", progress.matched());
        values.put("done", progress.done());
        values.put("failed", progress.failed());
        values.put("position", progress.position());
        values.put("positionAt", progress.positionAt());
        values.put("failures", progress.failures().isEmpty() ? null : json.write(progress.failures()));
        values.put("started", operation.life().startedAt());
        values.put("updated", operation.life().updatedAt());
        values.put("finished", operation.life().endedAt());
        return values;
    }

    @Override
    public Optional<Operation> find(UUID id) {
        return handle.createQuery("SELECT " + COLUMNS + " FROM operation WHERE id = :id")
                .bind("id", id)
                .map(this::known)
                .findOne();
    }

    @Override
    public Optional<Operation> lockRunning(UUID id) {
        return handle.createQuery(
                        "SELECT " + COLUMNS + " FROM operation WHERE id = :id AND status = 'running' FOR UPDATE")
                .bind("id", id)
                .map(this::known)
                .findOne();
    }

    /** Index operation_running. */
    @Override
    public Optional<Next> lockNext(Collection<UUID> except) {
        return handle.createQuery("SELECT " + COLUMNS + """
                         FROM operation
                        WHERE status = 'running' AND id <> ALL(:except)
                        ORDER BY updated_at
                        LIMIT 1
                        FOR UPDATE SKIP LOCKED""")
                .bindArray("except", UUID.class, except)
                .map((row, context) -> new Next(Rows.uuid(row, "id"), readable(row, context)))
                .findOne();
    }

    private Operation known(ResultSet row, StatementContext context) throws SQLException {
        try {
            return operation(row, context);
        } catch (InvalidException | UncheckedIOException e) {
            throw new UnreadableException("Operation " + Rows.uuid(row, "id"), e);
        }
    }

    private Optional<Operation> readable(ResultSet row, StatementContext context) throws SQLException {
        try {
            return Optional.of(operation(row, context));
        } catch (InvalidException | UncheckedIOException e) {
            return Optional.empty();
        }
    }

    /** Primary key, newest id first, or the few of index operation_running. Those in another state are looked for among all: somebody asked for each, and they are deleted after a while. */
    @Override
    public Page<Operation> list(@Nullable OperationStatus status, PageRequest page) {
        Cursor cursor = page.cursor();
        if (cursor != null && cursor.at() != null) {
            throw new InvalidException("cursor", "belongs to a list with another filter");
        }
        List<Next> found = handle.createQuery("SELECT " + COLUMNS + " FROM operation WHERE "
                        + (status == null ? "true" : "status = '" + status + "'")
                        + (cursor == null ? "" : " AND id < :before") + " ORDER BY id DESC LIMIT "
                        + (page.limit() + 1))
                .bind("before", cursor == null ? null : cursor.id())
                .map((row, context) -> new Next(Rows.uuid(row, "id"), readable(row, context)))
                .list();
        boolean more = found.size() > page.limit();
        List<Next> shown = more ? found.subList(0, page.limit()) : found;
        return new Page<>(
                shown.stream().map(Next::operation).flatMap(Optional::stream).toList(),
                more ? new Cursor(null, shown.get(shown.size() - 1).id()) : null);
    }

    @Override
    public void addRest(UUID id, Collection<KeyHolder> items) {
        if (!items.isEmpty()) {
            var add = handle.createUpdate("""
                    INSERT INTO operation_rest (operation_id, timer_id, finished_at)
                    SELECT :operation, item, finished_at FROM unnest(:id, :finished) AS i (item, finished_at)
                    ON CONFLICT DO NOTHING""").bind("operation", id);
            array(add, "id", UUID.class, items, KeyHolder::id);
            array(add, "finished", Instant.class, items, KeyHolder::finishedAt);
            add.execute();
        }
    }

    /** Primary key, and that of timer. */
    @Override
    public Rest rest(UUID id, @Nullable UUID after, int limit) {
        List<Rows.Sized<KeyHolder>> found = handle.createQuery("""
                        SELECT timer_id, finished_at, (SELECT octet_length(spec::text) FROM timer WHERE timer.id = timer_id) AS bytes
                        FROM operation_rest
                        WHERE operation_id = :id AND timer_id > :after
                        ORDER BY timer_id
                        LIMIT :limit""")
                .bind("id", id)
                .bind("after", after == null ? new UUID(0, 0) : after)
                .bind("limit", limit)
                .map((row, context) -> new Rows.Sized<>(
                        new KeyHolder(Rows.uuid(row, "timer_id"), Rows.optionalInstant(row, "finished_at")),
                        row.getLong("bytes")))
                .list();
        List<KeyHolder> items = Rows.Sized.batch(found);
        return new Rest(items, found.size() < limit && items.size() == found.size());
    }

    /** Primary key. */
    @Override
    public boolean hasRest(UUID id) {
        return handle.createQuery("SELECT EXISTS (SELECT FROM operation_rest WHERE operation_id = :id)")
                .bind("id", id)
                .mapTo(Boolean.class)
                .one();
    }

    /** Primary key. */
    @Override
    public void removeRest(UUID id, Collection<UUID> items) {
        if (!items.isEmpty()) {
            handle.createUpdate("DELETE FROM operation_rest WHERE operation_id = :id AND timer_id = ANY(:items)")
                    .bind("id", id)
                    .bindArray("items", UUID.class, items)
                    .execute();
        }
    }

    @Override
    public void update(Operation operation) {
        handle.createUpdate("""
                        UPDATE operation
                        SET status = :status, matched = :matched, done = :done, failed = :failed, position = :position::uuid,
                            position_at = :positionAt::timestamptz, failures = :failures::json, started_at = :started::timestamptz, updated_at = :updated,
                            finished_at = :finished::timestamptz
                        WHERE id = :id""")
                .bind("id", operation.id())
                .bindMap(written(operation))
                .execute();
        if (operation.status() != OperationStatus.RUNNING) {
            handle.createUpdate("DELETE FROM operation_rest WHERE operation_id = :id")
                    .bind("id", operation.id())
                    .execute();
        }
    }

    /** Index operation_finished. */
    @Override
    public int deleteFinished(Instant before) {
        return handle.createUpdate("DELETE FROM operation WHERE status <> 'running' AND finished_at < :before")
                .bind("before", before)
                .execute();
    }

    private Operation operation(ResultSet row, StatementContext context) throws SQLException {
        return new Operation(
                Rows.uuid(row, "id"),
                OperationKind.of(row.getString("kind")),
                json.request(row.getString("request")),
                row.getString("reason"),
                new Operation.Progress(
                        OperationStatus.of(row.getString("status")),
                        row.getLong("matched"),
                        row.getLong("done"),
                        row.getLong("failed"),
                        Rows.optionalUuid(row, "position"),
                        Rows.optionalInstant(row, "position_at"),
                        json.failures(row.getString("failures"))),
                new Operation.Life(
                        Rows.instant(row, "created_at"),
                        Rows.optionalInstant(row, "started_at"),
                        Rows.instant(row, "updated_at"),
                        Rows.optionalInstant(row, "finished_at")));
    }
}
