package dev.bide.persistence;

import dev.bide.workflow.Task;
import dev.bide.workflow.Workflow;
import dev.bide.workflow.store.Cursor;
import dev.bide.workflow.store.Page;
import dev.bide.workflow.store.PageRequest;
import dev.bide.workflow.store.UnreadableException;
import dev.bide.workflow.store.WorkflowStore;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Collection;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.StatementContext;
import org.jspecify.annotations.Nullable;

/** {@code workflow} holds what it is now, {@code workflow_version} all it ever was. */
final class JdbiWorkflowStore implements WorkflowStore {
    private static final String LOCK = "hashtextextended('bide-workflow-' || %s, 0)";
    private static final String SELECT = """
            SELECT workflow_id, v.version, v.name, description, timezone, tasks, w.created_at, v.created_at AS updated_at, archived_at
            FROM workflow AS w
            JOIN workflow_version AS v ON v.workflow_id = w.id
            """;

    private final Handle handle;
    private final JsonColumns json;

    JdbiWorkflowStore(Handle handle, JsonColumns json) {
        this.handle = handle;
        this.json = json;
    }

    @Override
    public void insert(Workflow workflow) {
        handle.createUpdate(
                        "INSERT INTO workflow (id, version, name, created_at) VALUES (:id, :version, :name, :created)")
                .bind("id", workflow.id())
                .bind("version", workflow.version())
                .bind("name", workflow.name())
                .bind("created", workflow.createdAt())
                .execute();
        insertDefinition(workflow);
    }

    /**
     * The advisory lock first, while nothing is held: those who start runs hold it together. The row could serve as well, but each batch of new runs
     * would write to it.
     */
    @Override
    public void lock(UUID id) {
        handle.createQuery("SELECT count(pg_advisory_xact_lock(" + LOCK.formatted("CAST(:id AS uuid)") + "))")
                .bind("id", id)
                .mapTo(Integer.class)
                .one();
        handle.createQuery("SELECT id FROM workflow WHERE id = :id FOR NO KEY UPDATE")
                .bind("id", id)
                .mapTo(UUID.class)
                .findOne();
    }

    @Override
    public void lockForRuns(Collection<UUID> ids) {
        handle.createQuery("SELECT count(pg_advisory_xact_lock_shared(" + LOCK.formatted("id")
                        + ")) FROM (SELECT id FROM unnest(:ids) AS id ORDER BY id) AS ids")
                .bindArray("ids", UUID.class, ids)
                .mapTo(Integer.class)
                .one();
    }

    /** Not had either where somebody waits to change it, so that those who come again and again can't keep him waiting for ever. */
    @Override
    public Set<UUID> tryLockForRuns(Collection<UUID> ids) {
        return handle.createQuery("SELECT id FROM unnest(:ids) AS id WHERE pg_try_advisory_xact_lock_shared("
                        + LOCK.formatted("id") + ")")
                .bindArray("ids", UUID.class, ids)
                .mapTo(UUID.class)
                .collect(Collectors.toSet());
    }

    @Override
    public boolean insertVersion(Workflow workflow) {
        int changed = handle.createUpdate("""
                        UPDATE workflow SET version = :version, name = :name
                        WHERE id = :id AND version = :version - 1 AND archived_at IS NULL""")
                .bind("id", workflow.id())
                .bind("version", workflow.version())
                .bind("name", workflow.name())
                .execute();
        if (changed == 1) {
            insertDefinition(workflow);
        }
        return changed == 1;
    }

    private void insertDefinition(Workflow workflow) {
        handle.createUpdate("""
                        INSERT INTO workflow_version (workflow_id, version, name, description, timezone, tasks, created_at)
                        VALUES (:id, :version, :name, :description, :timezone, :tasks::json, :updated)""")
                .bind("id", workflow.id())
                .bind("version", workflow.version())
                .bind("name", workflow.name())
                .bind("description", workflow.description())
                .bind(
                        "timezone",
                        workflow.timezone() == null ? null : workflow.timezone().getId())
                .bind("tasks", json.write(workflow.tasks()))
                .bind("updated", workflow.updatedAt())
                .execute();
        noteTasks(workflow);
    }

    /** Primary key, in its order. A row for each task; the caller has locked the workflow, whose tasks are no other's. */
    private void noteTasks(Workflow workflow) {
        handle.createUpdate("""
                        INSERT INTO workflow_task (task_id, workflow_id, name, last_version)
                        SELECT task_id, :workflow, name, :version
                        FROM unnest(:tasks, :names) AS t (task_id, name)
                        ORDER BY task_id
                        ON CONFLICT (task_id) DO UPDATE SET name = excluded.name, last_version = excluded.last_version""")
                .bind("workflow", workflow.id())
                .bind("version", workflow.version())
                .bindArray(
                        "tasks",
                        UUID.class,
                        workflow.tasks().stream().map(Task::id).toList())
                .bindArray(
                        "names",
                        String.class,
                        workflow.tasks().stream().map(Task::name).toList())
                .execute();
    }

    @Override
    public Optional<Workflow> find(UUID id) {
        return handle.createQuery(SELECT + "AND v.version = w.version WHERE w.id = :id")
                .bind("id", id)
                .map(this::workflow)
                .findOne();
    }

    @Override
    public Optional<Workflow> find(UUID id, int version) {
        return handle.createQuery(SELECT + "WHERE w.id = :id AND v.version = :version")
                .bind("id", id)
                .bind("version", version)
                .map((row, context) -> readable(id, version, row, context))
                .findOne();
    }

    private Workflow readable(UUID id, int version, ResultSet row, StatementContext context) throws SQLException {
        try {
            return workflow(row, context);
        } catch (RuntimeException e) {
            throw new UnreadableException("Version " + version + " of workflow " + id, e);
        }
    }

    @Override
    public Page<Workflow> list(PageRequest page) {
        Cursor cursor = page.cursor();
        @Nullable UUID after = cursor == null ? null : cursor.id();
        return PageReader.read(
                handle.createQuery(SELECT + """
                                AND v.version = w.version
                                WHERE archived_at IS NULL AND (:after::uuid IS NULL OR w.id < :after::uuid)
                                ORDER BY w.id DESC
                                LIMIT :limit""").bind("after", after).bind("limit", page.limit() + 1),
                page.limit(),
                this::workflow,
                Workflow::size,
                workflow -> new Cursor(null, workflow.id()));
    }

    @Override
    public boolean archive(UUID id, int version, Instant now) {
        return handle.createUpdate(
                                "UPDATE workflow SET archived_at = :now WHERE id = :id AND version = :version AND archived_at IS NULL")
                        .bind("id", id)
                        .bind("version", version)
                        .bind("now", now)
                        .execute()
                == 1;
    }

    private Workflow workflow(ResultSet row, StatementContext context) throws SQLException {
        return new Workflow(
                Rows.uuid(row, "workflow_id"),
                row.getInt("version"),
                row.getString("name"),
                row.getString("description"),
                Rows.optionalZone(row, "timezone"),
                json.tasks(row.getString("tasks")),
                Rows.instant(row, "created_at"),
                Rows.instant(row, "updated_at"),
                Rows.optionalInstant(row, "archived_at"));
    }
}
