package dev.bide.persistence;

import dev.bide.workflow.figures.Counted;
import dev.bide.workflow.figures.Counts;
import dev.bide.workflow.figures.FigureStore;
import java.math.BigDecimal;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.StatementContext;

/** {@code node} and the figures: each node's rows are written by itself, the cluster's by the control plane. All that is read goes by time, which leads the primary keys. */
record JdbiFigureStore(Handle handle, JsonColumns json) implements FigureStore {
    private static final String COUNT = Sql.of(JdbiFigureStore.class, "count");

    private static final String SUMS = "accepted, delivered, retried, dead, firsts, on_time";

    /** Rows of slots on their way at once: there may be 10 nodes for 3 hours. */
    private static final int FETCHED = 1_000;

    @Override
    public Instant now() {
        return handle.createQuery("SELECT now() AS now")
                .map((row, context) -> Rows.instant(row, "now"))
                .one();
    }

    /** Primary key, a slot or two. */
    @Override
    public Instant slot(String nodeId) {
        return handle.createQuery("""
                        WITH ended AS (SELECT date_bin('10 s', now() - interval '5 s', 'epoch') AS at)
                        SELECT greatest(ended.at, (SELECT max(at) + interval '10 s' FROM node_figures WHERE at >= ended.at AND node_id = :node)) AS at
                        FROM ended""")
                .bind("node", nodeId)
                .map((row, context) -> Rows.instant(row, "at"))
                .one();
    }

    @Override
    public void write(Instant slot, String nodeId, Sums sums, Faults faults) {
        handle.createUpdate("""
                        INSERT INTO node_figures (at, node_id, accepted, delivered, retried, dead, firsts, on_time, repaired, unreadable, poisoned, lateness)
                        VALUES (:at, :node, :accepted, :delivered, :retried, :dead, :firsts, :onTime, :repaired, :unreadable, :poisoned, CAST(:lateness AS bigint[])::integer[])
                        ON CONFLICT DO NOTHING""")
                .bind("at", slot)
                .bind("node", nodeId)
                .bindMethods(sums)
                .bindArray("lateness", Long.class, sums.lateness())
                .bindMethods(faults)
                .execute();
    }

    @Override
    public void write(Node node) {
        handle.createUpdate("""
                        INSERT INTO node (node_id, roles, version, started_at, seen_at, clock_offset_ms, in_flight, connections_used, connections_max,
                                          heap_used, heap_max, heap_live)
                        VALUES (:id, :roles, :version, :started, now(), :offset, :inFlight, :connectionsUsed, :connectionsMost, :heapUsed, :heapMost, :heapLive)
                        ON CONFLICT (node_id) DO UPDATE
                        SET roles = excluded.roles, version = excluded.version, started_at = excluded.started_at, seen_at = excluded.seen_at,
                            clock_offset_ms = excluded.clock_offset_ms, in_flight = excluded.in_flight, connections_used = excluded.connections_used,
                            connections_max = excluded.connections_max, heap_used = excluded.heap_used, heap_max = excluded.heap_max,
                            heap_live = excluded.heap_live""")
                .bind("id", node.nodeId())
                .bind("roles", String.join(",", node.roles().stream().sorted().toList()))
                .bind("version", node.version())
                .bind("started", node.startedAt())
                .bind("offset", node.clockOffsetMillis())
                .bind("inFlight", node.inFlight())
                .bind("connectionsUsed", node.connections().used())
                .bind("connectionsMost", node.connections().most())
                .bind("heapUsed", node.heap().used())
                .bind("heapMost", node.heap().most())
                .bind("heapLive", node.heapLive())
                .execute();
    }

    @Override
    public void forget(String nodeId) {
        handle.createUpdate("DELETE FROM node WHERE node_id = :node")
                .bind("node", nodeId)
                .execute();
        handle.createUpdate("DELETE FROM destination_figures WHERE node_id = :node")
                .bind("node", nodeId)
                .execute();
    }

    @Override
    public List<Node> nodes(int most) {
        return handle.createQuery(
                        "SELECT * FROM node WHERE seen_at > now() - interval '1 hour' ORDER BY node_id LIMIT :most")
                .bind("most", most)
                .map(JdbiFigureStore::node)
                .list();
    }

    private static Node node(ResultSet row, StatementContext context) throws SQLException {
        return new Node(
                row.getString("node_id"),
                Set.of(row.getString("roles").split(",")),
                row.getString("version"),
                Rows.instant(row, "started_at"),
                Rows.instant(row, "seen_at"),
                row.getLong("clock_offset_ms"),
                row.getInt("in_flight"),
                new Node.Use(row.getLong("connections_used"), row.getLong("connections_max")),
                new Node.Use(row.getLong("heap_used"), row.getLong("heap_max")),
                row.getLong("heap_live"));
    }

    /** Primary key: of each node a row for 10 s. */
    @Override
    public void slots(Instant from, Instant to, Consumer<Slot> each) {
        each("SELECT at, " + SUMS + ", NULL AS due, lateness FROM node_figures", from, to, each);
    }

    /** Primary key: at most 10,080 rows. */
    @Override
    public void minutes(Instant from, Instant to, Consumer<Slot> each) {
        each("SELECT at, " + SUMS + ", due, lateness FROM cluster_minute", from, to, each);
    }

    private void each(String rows, Instant from, Instant to, Consumer<Slot> each) {
        handle.createQuery(rows + " WHERE at >= :from AND at < :to ORDER BY at")
                .bind("from", from)
                .bind("to", to)
                .setFetchSize(FETCHED)
                .map(JdbiFigureStore::slot)
                .forEach(each);
    }

    private static Slot slot(ResultSet row, StatementContext context) throws SQLException {
        return new Slot(
                Rows.instant(row, "at"),
                new Sums(
                        row.getLong("accepted"),
                        row.getLong("delivered"),
                        row.getLong("retried"),
                        row.getLong("dead"),
                        row.getLong("firsts"),
                        row.getLong("on_time"),
                        Arrays.stream((Number[]) row.getArray("lateness").getArray())
                                .map(Number::longValue)
                                .toList()),
                Rows.optionalInteger(row, "due"));
    }

    @Override
    public Optional<Instant> oldestSlot() {
        return first("SELECT at FROM node_figures ORDER BY at LIMIT 1");
    }

    @Override
    public Optional<Instant> newestSlot() {
        return first("SELECT at FROM node_figures ORDER BY at DESC LIMIT 1");
    }

    @Override
    public Optional<Instant> newestMinute() {
        return first("SELECT at FROM cluster_minute ORDER BY at DESC LIMIT 1");
    }

    /** Primary key. */
    private Optional<Instant> first(String at) {
        return handle.createQuery(at)
                .map((row, context) -> Rows.instant(row, "at"))
                .findOne();
    }

    @Override
    public void writeMinute(Slot minute) {
        handle.createUpdate("""
                        INSERT INTO cluster_minute AS m (at, accepted, delivered, retried, dead, firsts, on_time, due, lateness)
                        VALUES (:at, :accepted, :delivered, :retried, :dead, :firsts, :onTime, CAST(:due AS integer), :lateness)
                        ON CONFLICT (at) DO UPDATE
                        SET (accepted, delivered, retried, dead, firsts, on_time, due, lateness)
                            = (excluded.accepted, excluded.delivered, excluded.retried, excluded.dead, excluded.firsts, excluded.on_time, excluded.due, excluded.lateness)
                        WHERE (m.accepted, m.delivered, m.retried, m.dead, m.firsts, m.on_time, m.due, m.lateness) IS DISTINCT FROM
                              (excluded.accepted, excluded.delivered, excluded.retried, excluded.dead, excluded.firsts, excluded.on_time, excluded.due, excluded.lateness)""")
                .bind("at", minute.at())
                .bindMethods(minute.sums())
                .bind("due", minute.due())
                .bindArray("lateness", Long.class, minute.sums().lateness())
                .execute();
    }

    /** Primary key: of each node 8,640 rows of a day. */
    @Override
    public Faults faults(Instant since) {
        return handle.createQuery("""
                        SELECT coalesce(sum(repaired), 0) AS repaired, coalesce(sum(unreadable), 0) AS unreadable, coalesce(sum(poisoned), 0) AS poisoned
                        FROM node_figures
                        WHERE at >= :since AND (repaired > 0 OR unreadable > 0 OR poisoned > 0)""")
                .bind("since", since)
                .map((row, context) ->
                        new Faults(row.getLong("repaired"), row.getLong("unreadable"), row.getLong("poisoned")))
                .one();
    }

    @Override
    public Node.Use sessions() {
        return handle.createQuery("""
                        SELECT count(*) AS used, current_setting('max_connections')::bigint AS most
                        FROM pg_stat_activity
                        WHERE backend_type = 'client backend'""")
                .map((row, context) -> new Node.Use(row.getLong("used"), row.getLong("most")))
                .one();
    }

    @Override
    public Counts count() {
        return handle.createQuery(COUNT).map(JdbiFigureStore::counts).one();
    }

    private static Counts counts(ResultSet row, StatementContext context) throws SQLException {
        Counted retrying = Counted.upTo(MOST_COUNTED, row.getLong("retrying"));
        Counted paused = Counted.upTo(MOST_COUNTED, row.getLong("paused"));
        Counted dead = Counted.upTo(MOST_COUNTED, row.getLong("dead"));
        long waiting = row.getLong("waiting");
        boolean counted = !row.getBoolean("guessed") && waiting <= MOST_COUNTED;
        long all = counted ? waiting : Math.max(waiting, row.getLong("estimated"));
        return new Counts(
                new Counted(
                        Math.max(0, all - retrying.count() - paused.count()),
                        counted && retrying.exact() && paused.exact()),
                retrying,
                paused,
                dead);
    }

    @Override
    public List<Due> due(Instant from, Instant to) {
        return handle.createQuery("SELECT at, due FROM cluster_figures WHERE at >= :from AND at < :to ORDER BY at")
                .bind("from", from)
                .bind("to", to)
                .map((row, context) -> new Due(Rows.instant(row, "at"), row.getInt("due")))
                .list();
    }

    @Override
    public void write(Cluster counted) {
        handle.createUpdate("""
                        INSERT INTO cluster_figures (at, counts, due, oldest_due)
                        VALUES (now(), :counts::json, :due, CAST(:oldest AS timestamptz))
                        ON CONFLICT (at) DO NOTHING""")
                .bind("counts", json.write(counted.counts()))
                .bind("due", counted.due())
                .bind("oldest", counted.oldestDue())
                .execute();
    }

    @Override
    public Optional<Cluster> cluster() {
        return handle.createQuery("SELECT at, counts, due, oldest_due FROM cluster_figures ORDER BY at DESC LIMIT 1")
                .map((row, context) -> new Cluster(
                        Rows.instant(row, "at"),
                        json.counts(row.getString("counts")),
                        row.getInt("due"),
                        Rows.optionalInstant(row, "oldest_due")))
                .findOne();
    }

    /** Primary key: 1,440 rows. */
    @Override
    public Optional<Double> capacityPerSecond() {
        return handle.createQuery(
                        "SELECT max(delivered) / 60.0 AS best FROM cluster_minute WHERE at > now() - interval '1 day'")
                .map((row, context) -> Optional.ofNullable(row.getObject("best", BigDecimal.class))
                        .map(BigDecimal::doubleValue))
                .one();
    }

    /** In order of the key. */
    @Override
    public void replaceWarnings(Collection<Warning> warnings) {
        List<String> codes = warnings.stream().map(Warning::code).toList();
        List<String> subjects = warnings.stream().map(Warning::subject).toList();
        handle.createUpdate("""
                        DELETE FROM warning
                        WHERE NOT EXISTS (SELECT FROM unnest(:codes, :subjects) AS held (code, subject)
                                          WHERE held.code = warning.code AND held.subject = warning.subject)""")
                .bindArray("codes", String.class, codes)
                .bindArray("subjects", String.class, subjects)
                .execute();
        handle.createUpdate("""
                        INSERT INTO warning AS w (code, subject, detail, since, seen_at)
                        SELECT code, subject, detail, since, now()
                        FROM unnest(:codes, :subjects, :details, :since) AS held (code, subject, detail, since)
                        ORDER BY code, subject
                        ON CONFLICT (code, subject) DO UPDATE
                        SET detail = excluded.detail, seen_at = excluded.seen_at, since = least(w.since, excluded.since)""")
                .bindArray("codes", String.class, codes)
                .bindArray("subjects", String.class, subjects)
                .bindArray(
                        "details",
                        String.class,
                        warnings.stream().map(Warning::detail).toList())
                .bindArray(
                        "since",
                        Instant.class,
                        warnings.stream().map(Warning::since).toList())
                .execute();
    }

    @Override
    public List<Warning> warnings(int most) {
        return handle.createQuery(
                        "SELECT code, subject, detail, since FROM warning ORDER BY since, code, subject LIMIT :most")
                .bind("most", most)
                .map((row, context) -> new Warning(
                        row.getString("code"),
                        row.getString("subject"),
                        row.getString("detail"),
                        Rows.instant(row, "since")))
                .list();
    }

    /** Primary keys; an hour's rows, as a rule. */
    @Override
    public int deleteFigures(Instant before) {
        return delete("node_figures WHERE at < :before", before)
                + delete("cluster_figures WHERE at < :before", before)
                + delete("cluster_minute WHERE at < :before", before);
    }

    /** What a node wrote of destinations is of no use without it. */
    @Override
    public int deleteNodes(Instant before) {
        return delete("destination_figures WHERE at < :before", before)
                + delete("node WHERE seen_at < :before", before);
    }

    private int delete(String rows, Instant before) {
        return handle.createUpdate("DELETE FROM " + rows).bind("before", before).execute();
    }
}
