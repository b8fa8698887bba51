package dev.bide.persistence;

import dev.bide.jobstore.TriggerStates;
import dev.bide.workflow.store.Cursor;
import dev.bide.workflow.store.RepairStore;
import dev.bide.workflow.store.RepairStore.StrayTimer;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.UUID;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.Query;
import org.jspecify.annotations.Nullable;

/** Reads triggers beside {@code timer}, and locks them before it. */
record JdbiRepairStore(Handle handle) implements RepairStore {
    /** Those of timers: their names are the timers' ids. As the engine names its scheduler and their group. */
    static final TriggerStates TRIGGERS = new TriggerStates("bide", "timer");

    private static final String COLUMNS = "id, status, due_at, next_attempt_at, lane";

    private static final String JUDGED = Sql.of(JdbiRepairStore.class, "judged");

    /** Index timer_due. */
    private static final Judged OVERDUE = new Judged(
            "SELECT " + COLUMNS
                    + " FROM timer WHERE (due_at, id) > (:time, :id) AND due_at < :before ORDER BY due_at, id LIMIT :most",
            "lane <> ALL (:left_out)",
            "status = 'paused' OR next_attempt_at >= :before OR lane = ANY (:left_out)",
            "due_at, id");

    /** Index timer_unusual. */
    private static final Judged PAUSED = new Judged(
            "SELECT " + COLUMNS + " FROM timer WHERE status = 'paused' AND id > :id ORDER BY id LIMIT :most",
            "true",
            "false",
            "id");

    /** Primary key. */
    private static final Judged THESE =
            new Judged("SELECT " + COLUMNS + " FROM timer WHERE id = ANY(:ids)", "true", "false", "id");

    /**
     * A judgement of some timers.
     *
     * @param timers the statement that selects them
     * @param judged the condition under which one's trigger is looked up at all
     * @param right the condition under which nothing is wrong with one, whatever its trigger says
     */
    private record Judged(String timers, String judged, String right, String order) {
        Query query(Handle handle) {
            return handle.createQuery(JUDGED)
                    .define("timers", timers)
                    .define("trigger_state", TRIGGERS.stateOf("looked_at.id::text"))
                    .define("in_hand", TRIGGERS.isInHand("id::text"))
                    .define("judged", judged)
                    .define("right", right)
                    .define("order", order);
        }
    }

    private static final UUID FIRST = new UUID(0, 0);

    @Override
    public Look overdue(@Nullable Cursor after, Instant before, Collection<Integer> butLanes, int most) {
        Instant time = after == null ? null : after.at();
        return look(
                OVERDUE.query(handle)
                        .bindArray("left_out", Integer.class, butLanes)
                        .bind("time", time == null ? Instant.EPOCH : time)
                        .bind("before", before),
                after,
                most,
                true);
    }

    @Override
    public Look paused(@Nullable Cursor after, int most) {
        return look(PAUSED.query(handle), after, most, false);
    }

    private static UUID id(@Nullable Cursor after) {
        return after == null ? FIRST : after.id();
    }

    private static Look look(Query timers, @Nullable Cursor after, int most, boolean byTime) {
        List<StrayTimer> strays = new ArrayList<>();
        int seen = 0;
        Cursor last = null;
        for (Judgement timer : timers.bind("id", id(after))
                .bind("most", most)
                .map((row, context) -> judgement(row))
                .list()) {
            seen++;
            last = new Cursor(byTime ? timer.dueAt() : null, timer.id());
            if (timer.stray() != null) {
                strays.add(timer.stray());
            }
        }
        return new Look(strays, seen < most ? null : last);
    }

    /** Primary keys. Locks the triggers in order of name, then the timers in order of id; the second sight is after the locks. */
    @Override
    public List<StrayTimer> lock(Collection<UUID> ids) {
        act("locked", () -> TRIGGERS.lock(handle.getConnection(), names(ids)));
        List<UUID> locked = handle.createQuery(
                        "SELECT id FROM timer WHERE id = ANY(:ids) ORDER BY id FOR UPDATE SKIP LOCKED")
                .bindArray("ids", UUID.class, ids)
                .mapTo(UUID.class)
                .list();
        List<StrayTimer> strays = new ArrayList<>();
        for (Judgement timer : THESE.query(handle)
                .bindArray("ids", UUID.class, locked)
                .map((row, context) -> judgement(row))
                .list()) {
            if (timer.stray() != null) {
                strays.add(timer.stray());
            }
        }
        return strays;
    }

    @Override
    public void release(Collection<UUID> ids) {
        act("released", () -> TRIGGERS.release(handle.getConnection(), names(ids)));
    }

    private interface Act {
        void run() throws SQLException;
    }

    private static void act(String what, Act act) {
        try {
            act.run();
        } catch (SQLException e) {
            throw new IllegalStateException("triggers could not be " + what, e);
        }
    }

    private static List<String> names(Collection<UUID> ids) {
        return ids.stream().map(UUID::toString).sorted().toList();
    }

    private static Judgement judgement(ResultSet row) throws SQLException {
        UUID id = Rows.uuid(row, "id");
        Instant dueAt = Rows.instant(row, "due_at");
        String kind = row.getString("kind");
        StrayTimer stray = kind == null
                ? null
                : new StrayTimer(
                        id,
                        row.getString("status").equals("paused"),
                        dueAt,
                        Rows.instant(row, "next_attempt_at"),
                        StrayTimer.Kind.valueOf(kind));
        return new Judgement(id, dueAt, stray);
    }

    /** @param stray null where all is right with it */
    private record Judgement(
            UUID id, Instant dueAt, @Nullable StrayTimer stray) {}
}
