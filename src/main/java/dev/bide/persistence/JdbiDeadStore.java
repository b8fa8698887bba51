package dev.bide.persistence;

import static dev.bide.persistence.KeyedRows.array;

import dev.bide.workflow.figures.DeadStore;
import dev.bide.workflow.figures.Death;
import dev.bide.workflow.figures.Look;
import dev.bide.workflow.figures.PartialCount;
import dev.bide.workflow.store.HistoryStore.History;
import dev.bide.workflow.store.Settlement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.StatementContext;
import org.jspecify.annotations.Nullable;

/** {@code timer_dead}: some five partitions, a month each. Reads go by one of its indexes, in the order of {@code (finished_at, id)}, and stop by themselves. */
record JdbiDeadStore(Handle handle) implements DeadStore {
    private static final String ADD = Sql.of(JdbiDeadStore.class, "add");
    private static final String GROUPS = Sql.of(JdbiDeadStore.class, "groups");

    static final String REMOVE = "DELETE FROM timer_dead WHERE finished_at = ANY(:times) AND id::text = ANY(:ids)";

    /** Groups in an answer. */
    private static final int MOST_GROUPS = 100;

    /** In the transaction that settles them, before their rows leave {@code timer}; new rows alone, for which nobody waits. */
    void add(List<Settlement> dead) {
        if (dead.isEmpty()) {
            return;
        }
        List<Died> died = dead.stream()
                .map(one -> new Died(one.timerId(), one.settledAt(), Objects.requireNonNull(one.death())))
                .toList();
        var add = handle.createUpdate(ADD);
        array(add, "id", UUID.class, died, Died::id);
        array(add, "finished", Instant.class, died, Died::at);
        array(add, "problem", Long.class, died, one -> one.of().problem());
        array(add, "lane", Integer.class, died, one -> one.of().lane());
        array(add, "host", String.class, died, one -> one.of().host());
        array(add, "outcome", String.class, died, one -> one.of().outcome());
        array(add, "http", Integer.class, died, one -> one.of().httpStatus());
        array(add, "text", String.class, died, one -> one.of().text());
        add.execute();
    }

    private record Died(UUID id, Instant at, Death of) {}

    /**
     * Index timer_dead_finished, by the times alone: few have the same. With both as keys PostgreSQL would look for each time with each id. In the transaction that takes
     * them out of those that are dead, after their rows of the history.
     */
    void remove(Collection<DeadTimer> gone) {
        remove(gone, REMOVE);
    }

    /** A row and that of the history are committed together: in one statement's sight there is never one alone. Index timer_history_id, of the days on which they died. */
    @Override
    public void removeStale(Collection<DeadTimer> doubted) {
        remove(
                doubted,
                REMOVE + " AND NOT EXISTS (SELECT FROM "
                        + Partitions.of(
                                History.TIMER,
                                "h",
                                doubted.stream().map(DeadTimer::finishedAt).toList())
                        + " AND h.id = timer_dead.id AND h.finished_at = timer_dead.finished_at AND h.status = 'dead')");
    }

    private void remove(Collection<DeadTimer> gone, String statement) {
        if (gone.isEmpty()) {
            return;
        }
        var remove = handle.createUpdate(statement);
        array(
                remove,
                "times",
                Instant.class,
                gone.stream().map(DeadTimer::finishedAt).distinct().toList(),
                Function.identity());
        array(remove, "ids", String.class, gone, timer -> timer.id().toString());
        remove.execute();
    }

    @Override
    public Look<DeadTimer, DeadTimer> oldest(
            DeadFilter filter, Instant upTo, @Nullable DeadTimer after, int most, int limit) {
        DeadQuery query = new DeadQuery(filter, false);
        query.upTo(upTo);
        query.beyond(after);
        List<Rows.LookedAt<DeadTimer, DeadTimer>> rows = handle.createQuery(query.look(most, limit))
                .bindMap(query.values())
                .map((row, context) -> {
                    DeadTimer timer = timer(row, context);
                    return new Rows.LookedAt<>(timer, timer, row.getBoolean("matches"), 0, row.getInt("seen"));
                })
                .list();
        return Rows.LookedAt.look(rows, after, most, limit);
    }

    private static DeadTimer timer(ResultSet row, StatementContext context) throws SQLException {
        return new DeadTimer(Rows.uuid(row, "id"), Rows.instant(row, "finished_at"));
    }

    @Override
    public PartialCount<DeadTimer> count(DeadFilter filter, @Nullable DeadTimer after, int most, int limit) {
        DeadQuery query = new DeadQuery(filter, false);
        query.beyond(after);
        return handle.createQuery(query.count(most, limit))
                .bindMap(query.values())
                .map((row, context) -> {
                    UUID last = Rows.optionalUuid(row, "last_id");
                    return new PartialCount<>(
                            Rows.matching(row, context),
                            last == null ? after : new DeadTimer(last, Rows.instant(row, "last_at")),
                            row.getInt("seen") < most);
                })
                .one();
    }

    @Override
    public Groups groups(DeadFilter filter, int newest) {
        DeadQuery query = new DeadQuery(filter, true);
        List<Looked> found = handle.createQuery(GROUPS)
                .define("dead", query.deaths(newest))
                .define("most", MOST_GROUPS)
                .bindMap(query.values())
                .map((row, context) -> new Looked(
                        row.getObject("problem") == null ? null : group(row),
                        row.getLong("matching"),
                        row.getLong("looked")))
                .list();
        return new Groups(
                found.stream().map(Looked::group).filter(Objects::nonNull).toList(),
                found.get(0).matching(),
                found.get(0).at());
    }

    /** @param group null where none matches */
    private record Looked(@Nullable Group group, long matching, long at) {}

    private static Group group(ResultSet row) throws SQLException {
        Death death = new Death(
                row.getLong("problem"),
                row.getInt("lane"),
                row.getString("host"),
                row.getString("outcome"),
                Rows.optionalInteger(row, "http_status"),
                row.getString("text"));
        return new Group(
                death,
                row.getLong("count"),
                Rows.instant(row, "first_at"),
                Rows.instant(row, "last_at"),
                Rows.uuids(row, "workflows"),
                Rows.uuids(row, "samples"));
    }

    /** Index timer_history_id, of the days on which they died. */
    @Override
    public List<DeadTimer> batch(Collection<DeadTimer> timers) {
        if (timers.isEmpty()) {
            return List.of();
        }
        Map<UUID, Long> bytes = handle.createQuery("SELECT id, octet_length(spec::text) AS bytes FROM "
                        + Partitions.of(
                                History.TIMER,
                                timers.stream().map(DeadTimer::finishedAt).toList())
                        + " AND id = ANY(:ids)")
                .bindArray("ids", UUID.class, timers.stream().map(DeadTimer::id).toList())
                .map((row, context) -> Map.entry(Rows.uuid(row, "id"), row.getLong("bytes")))
                .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue, (one, other) -> one));
        return Rows.Sized.batch(timers.stream()
                .map(timer -> new Rows.Sized<>(
                        timer, Optional.ofNullable(bytes.get(timer.id())).orElse(0L)))
                .toList());
    }
}
