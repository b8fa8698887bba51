package dev.bide.persistence;

import static dev.bide.persistence.KeyedRows.array;

import dev.bide.workflow.figures.DestinationRow;
import dev.bide.workflow.figures.DestinationStore;
import dev.bide.workflow.figures.HostPort;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.Query;
import org.jspecify.annotations.Nullable;

/** Changes lock their one row of {@code destination} by its primary key; figures are a node's own rows, in order of host and port. */
record JdbiDestinationStore(Handle handle, JsonColumns json) implements DestinationStore {
    private static final String COLUMNS = "host, port, lane, max_concurrent_calls, calls_per_second, paused_at, reason";

    private static final String WRITE = Sql.of(JdbiDestinationStore.class, "write");
    private static final String LIMIT = Sql.of(JdbiDestinationStore.class, "limit");

    /** The primary key's order; some 10,000 rows at most. */
    @Override
    public List<DestinationRow> all() {
        return handle.createQuery("SELECT " + COLUMNS + " FROM destination ORDER BY host COLLATE \"C\", port")
                .map((row, context) -> destination(row))
                .list();
    }

    @Override
    public Optional<DestinationRow> find(HostPort name) {
        return of(name, "SELECT " + COLUMNS + " FROM destination WHERE host = :host AND port = :port")
                .map((row, context) -> destination(row))
                .findOne();
    }

    @Override
    public DestinationRow pause(HostPort name, int lane, @Nullable String reason) {
        return of(name, """
                        INSERT INTO destination (host, port, lane, paused_at, reason, changed_at)
                        VALUES (:host, :port, :lane, now(), :reason, now())
                        ON CONFLICT (host, port) DO UPDATE
                        SET lane = excluded.lane, paused_at = coalesce(destination.paused_at, excluded.paused_at),
                            reason = excluded.reason, changed_at = excluded.changed_at
                        RETURNING\s""" + COLUMNS)
                .bind("lane", lane)
                .bind("reason", reason)
                .map((row, context) -> destination(row))
                .one();
    }

    @Override
    public Optional<DestinationRow> resume(HostPort name) {
        handle.createUpdate("""
                        UPDATE destination SET paused_at = NULL, reason = NULL, changed_at = now()
                        WHERE host = :host AND port = :port AND paused_at IS NOT NULL""")
                .bind("host", name.host())
                .bind("port", name.port())
                .execute();
        return forgetPlain(name);
    }

    @Override
    public Optional<DestinationRow> limit(
            HostPort name, int lane, @Nullable Integer maxConcurrentCalls, @Nullable Integer callsPerSecond) {
        handle.createUpdate(LIMIT)
                .bind("host", name.host())
                .bind("port", name.port())
                .bind("lane", lane)
                .bind("most", maxConcurrentCalls)
                .bind("rate", callsPerSecond)
                .execute();
        return forgetPlain(name);
    }

    /** The row is this transaction's already, where it changed it. */
    private Optional<DestinationRow> forgetPlain(HostPort name) {
        handle.createUpdate("""
                        DELETE FROM destination
                        WHERE host = :host AND port = :port
                          AND paused_at IS NULL AND max_concurrent_calls IS NULL AND calls_per_second IS NULL""")
                .bind("host", name.host())
                .bind("port", name.port())
                .execute();
        return find(name);
    }

    private Query of(HostPort name, String statement) {
        return handle.createQuery(statement).bind("host", name.host()).bind("port", name.port());
    }

    /** All rows, some 10,000 at most. */
    @Override
    public Totals totals() {
        return handle.createQuery("SELECT count(paused_at) AS paused, count(*) AS total FROM destination")
                .map((row, context) -> new Totals(row.getInt("paused"), row.getInt("total")))
                .one();
    }

    /** Primary key, of one node. */
    @Override
    public void write(String nodeId, Collection<Figures> figures) {
        List<Figures> ordered = figures.stream()
                .sorted((one, other) -> one.name().compareTo(other.name()))
                .toList();
        if (!ordered.isEmpty()) {
            var write = handle.createUpdate(WRITE).bind("node", nodeId);
            array(write, "host", String.class, ordered, one -> one.name().host());
            array(write, "port", Integer.class, ordered, one -> one.name().port());
            array(write, "seconds", Double.class, ordered, one -> one.over().toMillis() / 1_000.0);
            array(write, "delivered", Integer.class, ordered, Figures::delivered);
            array(write, "failed", Integer.class, ordered, Figures::failed);
            array(write, "refused", Integer.class, ordered, Figures::refused);
            array(write, "deferred", String.class, ordered, one -> json.write(one.deferred()));
            array(write, "in_flight", Integer.class, ordered, Figures::inFlight);
            array(write, "breaker", String.class, ordered, Figures::breaker);
            array(write, "held", Boolean.class, ordered, Figures::held);
            array(
                    write,
                    "latency",
                    String.class,
                    ordered,
                    one -> "{"
                            + String.join(
                                    ",",
                                    one.latency().stream().map(String::valueOf).toList())
                            + "}");
            write.execute();
        }
        handle.createUpdate("DELETE FROM destination_figures WHERE node_id = :node AND at < now() - interval '10 min'")
                .bind("node", nodeId)
                .execute();
    }

    /** All rows: 500 of each node at most. */
    @Override
    public List<Figures> figures(@Nullable HostPort after, int most) {
        return handle.createQuery("""
                        SELECT * FROM destination_figures
                        WHERE at > now() - interval '30 s' AND (host COLLATE "C", port) > (:host, :port)
                        ORDER BY host COLLATE "C", port, node_id
                        LIMIT\s""" + most)
                .bind("host", after == null ? "" : after.host())
                .bind("port", after == null ? 0 : after.port())
                .map((row, context) -> figures(row))
                .list();
    }

    @Override
    public List<Figures> figuresOf(HostPort name) {
        return of(name, """
                        SELECT * FROM destination_figures
                        WHERE at > now() - interval '30 s' AND host = :host AND port = :port
                        ORDER BY node_id""").map((row, context) -> figures(row)).list();
    }

    private static HostPort name(ResultSet row) throws SQLException {
        return new HostPort(row.getString("host"), row.getInt("port"));
    }

    private static DestinationRow destination(ResultSet row) throws SQLException {
        return new DestinationRow(
                name(row),
                row.getInt("lane"),
                Rows.optionalInteger(row, "max_concurrent_calls"),
                Rows.optionalInteger(row, "calls_per_second"),
                Rows.optionalInstant(row, "paused_at"),
                row.getString("reason"));
    }

    private Figures figures(ResultSet row) throws SQLException {
        return new Figures(
                row.getString("node_id"),
                name(row),
                Duration.ofMillis(Math.round(row.getDouble("seconds") * 1_000)),
                row.getInt("delivered"),
                row.getInt("failed"),
                row.getInt("refused"),
                json.numbers(row.getString("deferred")),
                row.getInt("in_flight"),
                row.getString("breaker"),
                row.getBoolean("held"),
                List.of((Integer[]) row.getArray("latency").getArray()));
    }
}
