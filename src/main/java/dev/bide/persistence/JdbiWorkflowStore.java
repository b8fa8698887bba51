package dev.bide.persistence;

import dev.bide.workflow.Task;
import dev.bide.workflow.Workflow;
import dev.bide.workflow.figures.Counted;
import dev.bide.workflow.figures.WaitingTask;
import dev.bide.workflow.store.Cursor;
import dev.bide.workflow.store.Page;
import dev.bide.workflow.store.PageRequest;
import dev.bide.workflow.store.UnreadableException;
import dev.bide.workflow.store.WorkflowStore;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.StatementContext;

/** {@code workflow} holds what it is now, {@code workflow_version} all it ever was. */
final class JdbiWorkflowStore implements WorkflowStore {
    private static final String LOCK = "hashtextextended('bide-workflow-' || %s, 0)";
    private static final String SELECT = """
            SELECT workflow_id, v.version, v.name, description, timezone, tasks, endings, w.created_at, v.created_at AS updated_at, archived_at
            FROM workflow AS w
            JOIN workflow_version AS v ON v.workflow_id = w.id
            """;

    private static final String WAITING = Sql.of(JdbiWorkflowStore.class, "waiting");

    /** Timers of all tasks together, in each state; but of each task at least so many. */
    private static final int MOST_COUNTED = 100_000;

    private static final int LEAST_COUNTED = 1_000;

    /** For one page: some 20 ms. */
    private static final int LOOKED_AT = 20_000;

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
                        INSERT INTO workflow_version (workflow_id, version, name, description, timezone, tasks, endings, created_at)
                        VALUES (:id, :version, :name, :description, :timezone, :tasks::json, :endings::json, :updated)""")
                .bind("id", workflow.id())
                .bind("version", workflow.version())
                .bind("name", workflow.name())
                .bind("description", workflow.description())
                .bind(
                        "timezone",
                        workflow.timezone() == null ? null : workflow.timezone().getId())
                .bind("tasks", json.write(workflow.tasks()))
                .bind(
                        "endings",
                        workflow.endings().equals(Workflow.Endings.NONE) ? null : json.write(workflow.endings()))
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

    /**
     * Primary key, backwards from the cursor and no further than {@link #LOOKED_AT} workflows, however few of them match; then the primary key of workflow_version for
     * those of the page. Small letters are the database's on both sides, for others' differ.
     */
    @Override
    public Page<Workflow> list(Filter filter, PageRequest page) {
        Map<String, Object> values = new HashMap<>();
        List<String> conditions = new ArrayList<>();
        Cursor cursor = page.cursor();
        if (cursor != null) {
            conditions.add("w.id < :after");
            values.put("after", cursor.id());
        }
        // Before the page is read: what is made meanwhile comes before it, so that all down to this one is looked at.
        Optional<UUID> last = handle.createQuery("SELECT id FROM workflow AS w" + where(conditions)
                        + " ORDER BY id DESC OFFSET " + (LOOKED_AT - 1) + " LIMIT 1")
                .bindMap(values)
                .mapTo(UUID.class)
                .findOne();
        last.ifPresent(id -> {
            conditions.add("w.id >= :last");
            values.put("last", id);
        });
        conditions.add(filter.archived() ? "archived_at IS NOT NULL" : "archived_at IS NULL");
        if (filter.query() != null) {
            conditions.add("position(lower(:query) IN lower(w.name)) > 0");
            values.put("query", filter.query());
        }
        Page<Workflow> found = PageReader.read(
                handle.createQuery(SELECT + "AND v.version = w.version" + where(conditions)
                                + " ORDER BY w.id DESC LIMIT " + (page.limit() + 1))
                        .bindMap(values),
                page.limit(),
                this::workflow,
                Workflow::size,
                workflow -> new Cursor(null, workflow.id()));
        return found.next() != null || last.isEmpty() ? found : new Page<>(found.items(), new Cursor(null, last.get()));
    }

    private static String where(List<String> conditions) {
        return conditions.isEmpty() ? "" : " WHERE " + String.join(" AND ", conditions);
    }

    /** Primary key, backwards; without the tasks, which may be large in each. */
    @Override
    public Page<Version> versions(UUID id, PageRequest page) {
        Cursor cursor = page.cursor();
        return PageReader.read(
                handle.createQuery("""
                                SELECT version, name, created_at
                                FROM workflow_version
                                WHERE workflow_id = :id AND version < :before
                                ORDER BY version DESC
                                LIMIT :limit""")
                        .bind("id", id)
                        .bind("before", cursor == null ? Long.MAX_VALUE : cursor.number())
                        .bind("limit", page.limit() + 1),
                page.limit(),
                (row, context) ->
                        new Version(row.getInt("version"), row.getString("name"), Rows.instant(row, "created_at")),
                version -> 0,
                version -> Cursor.numbered(null, version.version()));
    }

    /** How far is counted stands in the text: as a parameter, a generic plan would take a tenth of all for it. */
    @Override
    public List<WaitingTask> waiting(UUID id) {
        int tasks = handle.createQuery("SELECT count(*) FROM (SELECT FROM workflow_task WHERE workflow_id = :id LIMIT "
                        + MOST_TASKS_WAITING + ") AS t")
                .bind("id", id)
                .mapTo(Integer.class)
                .one();
        int most = Math.max(LEAST_COUNTED, MOST_COUNTED / Math.max(tasks, 1));
        return handle.createQuery(WAITING)
                .define("beyond", most + 1)
                .define("tasks", MOST_TASKS_WAITING)
                .bind("id", id)
                .map((row, context) -> waitingTask(row, most))
                .list();
    }

    private static WaitingTask waitingTask(ResultSet row, int most) throws SQLException {
        Counted all = Counted.upTo(most, row.getLong("timers"));
        Counted retrying = Counted.upTo(most, row.getLong("retrying"));
        Counted paused = Counted.upTo(most, row.getLong("paused"));
        // Where more wait than were counted, at least so many of them do for the first time.
        Counted waiting = new Counted(
                Math.max(0, all.count() - retrying.count() - paused.count()),
                all.exact() && retrying.exact() && paused.exact());
        return new WaitingTask(
                Rows.uuid(row, "task_id"),
                row.getString("name"),
                row.getInt("last_version"),
                waiting,
                retrying,
                paused,
                Counted.upTo(most, row.getLong("dead")),
                Rows.optionalInstant(row, "earliest"),
                Rows.optionalInstant(row, "latest"));
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
                json.endings(row.getString("endings")),
                Rows.instant(row, "created_at"),
                Rows.instant(row, "updated_at"),
                Rows.optionalInstant(row, "archived_at"));
    }
}
