package dev.bide.persistence;

import static dev.bide.persistence.KeyedRows.array;

import dev.bide.workflow.notice.Channel;
import dev.bide.workflow.notice.Happening;
import dev.bide.workflow.notice.Notice;
import dev.bide.workflow.notice.NoticeEvent;
import dev.bide.workflow.notice.NoticeStore;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.Query;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Channels are changed row by row; all else is written by the control plane, whose looks lock {@code notice_edge} first. */
record JdbiNoticeStore(Handle handle, JsonColumns json) implements NoticeStore {
    private static final Logger LOG = LoggerFactory.getLogger(JdbiNoticeStore.class);

    /** Channels of which it was said. */
    private static final Set<String> UNREADABLE = ConcurrentHashMap.newKeySet();

    private static final String DEATHS = Sql.of(JdbiNoticeStore.class, "deaths");
    private static final String OPERATIONS = Sql.of(JdbiNoticeStore.class, "operations");
    private static final String ADD = Sql.of(JdbiNoticeStore.class, "add");
    private static final String NOTICE = "id, channel, event, created_at, title, body, timer_id, attempts";

    /** Longer than from when a timer died, or an operation ended, to the commit that says so: no statement of these lasts as long. */
    private static final Duration LATEST_COMMIT = Duration.ofMinutes(1);

    private static final int MOST_OPERATIONS = 100;

    /** What a newer version of the program has written of others is left to it. */
    private static final List<String> KNOWN =
            Arrays.stream(NoticeEvent.values()).map(NoticeEvent::toString).toList();

    @Override
    public List<Channel> channels() {
        List<Channel> channels = new ArrayList<>();
        handle.createQuery("SELECT name, definition FROM channel ORDER BY name COLLATE \"C\"")
                .map((row, context) -> Map.entry(row.getString("name"), row.getString("definition")))
                .forEach(row -> {
                    try {
                        channels.add(json.channel(row.getValue()));
                    } catch (RuntimeException e) {
                        if (UNREADABLE.add(row.getKey())) {
                            LOG.error(
                                    "Channel {} can't be read by this version of the program, and is told of nothing",
                                    row.getKey(),
                                    e);
                        }
                    }
                });
        return channels;
    }

    @Override
    public boolean hasChannels() {
        return handle.createQuery("SELECT EXISTS (SELECT FROM channel)")
                .mapTo(Boolean.class)
                .one();
    }

    @Override
    public Map<UUID, String> names(Set<UUID> workflows) {
        Map<UUID, String> names = new HashMap<>();
        if (!workflows.isEmpty()) {
            handle.createQuery("SELECT id, name FROM workflow WHERE id = ANY(:ids)")
                    .bindArray("ids", UUID.class, workflows)
                    .map((row, context) -> Map.entry(Rows.uuid(row, "id"), row.getString("name")))
                    .forEach(one -> names.put(one.getKey(), one.getValue()));
        }
        return names;
    }

    @Override
    public void put(Channel channel) {
        handle.createUpdate("""
                        INSERT INTO channel (name, definition, changed_at) VALUES (:name, CAST(:definition AS json), now())
                        ON CONFLICT (name) DO UPDATE SET definition = excluded.definition, changed_at = excluded.changed_at""")
                .bind("name", channel.name())
                .bind("definition", json.write(channel))
                .execute();
    }

    /** Index notice_next: what waits. */
    @Override
    public boolean remove(String channel) {
        handle.createUpdate("DELETE FROM notice WHERE next_at IS NOT NULL AND channel = :name")
                .bind("name", channel)
                .execute();
        return handle.createUpdate("DELETE FROM channel WHERE name = :name")
                        .bind("name", channel)
                        .execute()
                == 1;
    }

    /** All of the table: a week of what people were told. */
    @Override
    public Map<String, ChannelState> states() {
        Map<String, ChannelState> states = new LinkedHashMap<>();
        handle.createQuery("""
                        SELECT channel, count(*) FILTER (WHERE next_at IS NOT NULL) AS waiting, max(sent_at) AS sent,
                               (array_agg(error ORDER BY created_at DESC))[1] AS error
                        FROM notice
                        GROUP BY channel""")
                .map((row, context) -> Map.entry(
                        row.getString("channel"),
                        new ChannelState(
                                row.getLong("waiting"), Rows.optionalInstant(row, "sent"), row.getString("error"))))
                .forEach(state -> states.put(state.getKey(), state.getValue()));
        return states;
    }

    /**
     * One snapshot for all that follows, taken once the row is this transaction's: a look that another has begun meanwhile makes it fail. One of another server, from which
     * this database was moved, counts as none: its numbers say nothing here.
     */
    @Override
    public Optional<Edge> lockEdge() {
        handle.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ");
        return handle.createQuery("SELECT looked_at, snapshot::text AS snapshot FROM notice_edge"
                        + " WHERE pg_snapshot_xmax(snapshot) <= pg_snapshot_xmax(pg_current_snapshot()) FOR UPDATE")
                .map((row, context) -> new Edge(Rows.instant(row, "looked_at"), row.getString("snapshot")))
                .findOne();
    }

    @Override
    public void moveEdge() {
        handle.execute("""
                INSERT INTO notice_edge (looked_at, snapshot) VALUES (now(), pg_current_snapshot())
                ON CONFLICT (one) DO UPDATE SET looked_at = excluded.looked_at, snapshot = excluded.snapshot""");
    }

    @Override
    public void forgetAll() {
        handle.execute("DELETE FROM notice_edge");
        handle.execute("DELETE FROM notice_group");
        handle.execute("DELETE FROM notice_mark");
    }

    /** Of timers that tell of something themselves the error is noted: index notice_timer, one look-up for each death. */
    @Override
    public List<Happening> deaths(Edge since) {
        handle.createUpdate("""
                        UPDATE notice SET error = d.text
                        FROM timer_dead AS d
                        WHERE d.finished_at >= greatest(:from, now() - interval '15 minutes') AND notice.timer_id = d.id AND notice.error IS NULL""").bind("from", since.at().minus(LATEST_COMMIT)).execute();
        return since(DEATHS, since)
                .bind("samples", Happening.MOST_SAMPLES)
                .map((row, context) -> {
                    UUID workflow = Rows.optionalUuid(row, "workflow_id");
                    return new Happening(
                            NoticeEvent.TIMER_DEAD,
                            workflow == null ? row.getString("host") : workflow.toString(),
                            workflow,
                            row.getLong("deaths"),
                            Rows.instant(row, "first_at"),
                            Rows.instant(row, "last_at"),
                            json.samples(row.getString("samples")));
                })
                .list();
    }

    @Override
    public List<Happening> failedOperations(Edge since) {
        return since(OPERATIONS, since)
                .bind("most", MOST_OPERATIONS)
                .map((row, context) -> {
                    UUID id = Rows.uuid(row, "id");
                    return Happening.once(
                            NoticeEvent.OPERATION_FAILED,
                            id.toString(),
                            Rows.instant(row, "finished_at"),
                            id,
                            row.getString("kind") + ", " + row.getString("status") + ": " + row.getLong("failed")
                                    + " failed, " + row.getLong("done") + " done");
                })
                .list();
    }

    private Query since(String statement, Edge since) {
        return handle.createQuery(statement)
                .bind("snapshot", since.snapshot())
                .bind("from", since.at().minus(LATEST_COMMIT));
    }

    /** All rows of the last minute of each node: some hundred. */
    @Override
    public Map<String, Boolean> destinations() {
        Map<String, Boolean> destinations = new LinkedHashMap<>();
        handle.createQuery("""
                        SELECT CASE WHEN host LIKE '%:%' THEN '[' || host || ']' ELSE host END || ':' || port AS name, bool_and(breaker = 'closed') AS closed
                        FROM destination_figures
                        WHERE at > now() - interval '30 s'
                        GROUP BY host, port
                        ORDER BY host, port""")
                .map((row, context) -> Map.entry(row.getString("name"), row.getBoolean("closed")))
                .forEach(one -> destinations.put(one.getKey(), one.getValue()));
        return destinations;
    }

    /** All rows of the table, which are few. */
    @Override
    public Map<String, Instant> silentNodes() {
        return instants(
                "SELECT node_id AS subject, seen_at AS at FROM node WHERE seen_at <= now() - interval '30 s' AND seen_at > now() - interval '1 hour'");
    }

    /** Primary key of node_figures: of each node 30 rows. */
    @Override
    public Promise promise() {
        return handle.createQuery("""
                        SELECT coalesce(sum(firsts), 0) AS firsts, coalesce(sum(on_time), 0) AS on_time
                        FROM node_figures
                        WHERE at > now() - interval '5 min'""")
                .map((row, context) -> new Promise(row.getLong("firsts"), row.getLong("on_time")))
                .one();
    }

    @Override
    public Map<String, Instant> marks(NoticeEvent event) {
        return instants("SELECT subject, since AS at FROM notice_mark WHERE event = '" + event + "'");
    }

    private Map<String, Instant> instants(String statement) {
        Map<String, Instant> instants = new LinkedHashMap<>();
        handle.createQuery(statement + " ORDER BY 1")
                .map((row, context) -> Map.entry(row.getString("subject"), Rows.instant(row, "at")))
                .forEach(one -> instants.put(one.getKey(), one.getValue()));
        return instants;
    }

    @Override
    public void mark(NoticeEvent event, String subject) {
        handle.createUpdate("INSERT INTO notice_mark VALUES (:event, :subject, now()) ON CONFLICT DO NOTHING")
                .bind("event", event.toString())
                .bind("subject", subject)
                .execute();
    }

    @Override
    public void unmark(NoticeEvent event, Collection<String> subjects) {
        if (!subjects.isEmpty()) {
            handle.createUpdate("DELETE FROM notice_mark WHERE event = :event AND subject = ANY(:subjects)")
                    .bind("event", event.toString())
                    .bindArray("subjects", String.class, subjects)
                    .execute();
        }
    }

    @Override
    public void add(Collection<Happening> happenings, Duration first, Duration between) {
        if (happenings.isEmpty()) {
            return;
        }
        var add = handle.createUpdate(ADD)
                .bind("first", first.toString())
                .bind("between", between.toString())
                .bind("most", Happening.MOST_SAMPLES);
        array(add, "event", String.class, happenings, one -> one.event().toString());
        array(add, "subject", String.class, happenings, Happening::subject);
        array(add, "workflow", UUID.class, happenings, Happening::workflowId);
        array(add, "count", Long.class, happenings, Happening::count);
        array(add, "firstAt", Instant.class, happenings, Happening::firstAt);
        array(add, "lastAt", Instant.class, happenings, Happening::lastAt);
        array(add, "samples", String.class, happenings, one -> json.write(one.samples()));
        add.execute();
    }

    /** All groups, which are few, in the order of their key; the rows are locked. */
    @Override
    public List<Happening> takeDue() {
        List<Happening> due = handle.createQuery(
                        "SELECT * FROM notice_group WHERE due_at <= now() AND event = ANY(:known) ORDER BY event, subject FOR UPDATE")
                .bindArray("known", String.class, KNOWN)
                .map((row, context) -> happening(row))
                .list();
        if (!due.isEmpty()) {
            var taken = handle.createUpdate("""
                    UPDATE notice_group SET count = 0, samples = '[]', due_at = NULL, told_at = now()
                    WHERE (event, subject) IN (SELECT * FROM unnest(:event, :subject))""");
            array(taken, "event", String.class, due, one -> one.event().toString());
            array(taken, "subject", String.class, due, Happening::subject);
            taken.execute();
        }
        return due;
    }

    private Happening happening(ResultSet row) throws SQLException {
        return new Happening(
                event(row),
                row.getString("subject"),
                Rows.optionalUuid(row, "workflow_id"),
                row.getLong("count"),
                Rows.instant(row, "first_at"),
                Rows.instant(row, "last_at"),
                json.samples(row.getString("samples")));
    }

    private static NoticeEvent event(ResultSet row) throws SQLException {
        String text = row.getString("event");
        return NoticeEvent.of(text).orElseThrow(() -> new IllegalArgumentException("no event: " + text));
    }

    /** New rows. A call is as good as sent: its timer is stored with it. */
    @Override
    public void insert(Collection<Notice> notices) {
        for (Notice notice : notices) {
            handle.createUpdate("""
                            INSERT INTO notice (id, channel, event, created_at, title, body, timer_id, attempts, next_at, sent_at)
                            VALUES (:id, :channel, :event, now(), :title, :text, CAST(:timerId AS uuid), 0,
                                    CASE WHEN CAST(:timerId AS uuid) IS NULL THEN now() END, CASE WHEN CAST(:timerId AS uuid) IS NOT NULL THEN now() END)""")
                    .bindMethods(notice)
                    .bind("event", notice.event().toString())
                    .execute();
        }
    }

    /** Index notice_next; locks the row for the statement alone, and passes over what is locked. */
    @Override
    public Optional<Notice> claimMail(Duration lease, Set<String> not) {
        return handle.createQuery("""
                        UPDATE notice SET attempts = attempts + 1, next_at = now() + CAST(:lease AS interval)
                        WHERE id = (SELECT id FROM notice WHERE next_at <= now() AND channel <> ALL(:not) AND event = ANY(:known)
                                    ORDER BY next_at LIMIT 1 FOR UPDATE SKIP LOCKED)
                        RETURNING\s""" + NOTICE)
                .bind("lease", lease.toString())
                .bindArray("not", String.class, not)
                .bindArray("known", String.class, KNOWN)
                .map((row, context) -> notice(row))
                .findOne();
    }

    private static Notice notice(ResultSet row) throws SQLException {
        return new Notice(
                Rows.uuid(row, "id"),
                row.getString("channel"),
                event(row),
                Rows.instant(row, "created_at"),
                row.getString("title"),
                row.getString("body"),
                Rows.optionalUuid(row, "timer_id"),
                row.getInt("attempts"));
    }

    @Override
    public void sent(UUID notice, @Nullable String error) {
        handle.createUpdate("UPDATE notice SET next_at = NULL, sent_at = now(), error = :error WHERE id = :id")
                .bind("id", notice)
                .bind("error", error)
                .execute();
    }

    @Override
    public void failed(UUID notice, Duration again, String why) {
        handle.createUpdate(
                        "UPDATE notice SET next_at = now() + CAST(:again AS interval), error = :why WHERE id = :id AND sent_at IS NULL")
                .bind("id", notice)
                .bind("again", again.toString())
                .bind("why", why)
                .execute();
    }

    @Override
    public void drop(UUID notice) {
        handle.createUpdate("DELETE FROM notice WHERE id = :id")
                .bind("id", notice)
                .execute();
    }

    /** Index notice_created; of groups all, which are few. */
    @Override
    public int forget(Duration kept, Duration between) {
        List<Boolean> gone = handle.createQuery(
                        "DELETE FROM notice WHERE created_at < now() - CAST(:kept AS interval) RETURNING next_at IS NOT NULL AS unsent")
                .bind("kept", kept.toString())
                .mapTo(Boolean.class)
                .list();
        handle.createUpdate("DELETE FROM notice_group WHERE count = 0 AND told_at < now() - CAST(:between AS interval)")
                .bind("between", between.toString())
                .execute();
        return (int) gone.stream().filter(unsent -> unsent).count();
    }
}
