package dev.bide.engine.notices;

import dev.bide.workflow.notice.Happening;
import dev.bide.workflow.notice.NoticeEvent;
import dev.bide.workflow.notice.NoticeStore;
import dev.bide.workflow.store.Database;
import dev.bide.workflow.store.Session;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Finds what has happened since the last look, and counts it: one transaction with how far was looked, all of it by one snapshot. So each fact is counted once, whatever the
 * order in which others commit, and whenever this node dies.
 */
final class Looking {
    /** Below this share of first attempts that begin within a second of their due time the promise is broken. */
    private static final double PROMISED = 0.95;

    /** Of fewer nothing can be said. */
    private static final long LEAST_FIRSTS = 20;

    /** Nodes say each 10 s that they are there. */
    private static final Duration STILL_SILENT = Duration.ofSeconds(20);

    private static final String CLUSTER = "";

    private final Database database;
    private final KnownChannels channels;
    private final NoticeSettings settings;

    Looking(Database database, KnownChannels channels, NoticeSettings settings) {
        this.database = database;
        this.channels = channels;
        this.settings = settings;
    }

    /** Whether there is anybody to be told. */
    boolean look() {
        return database.inTransaction(this::look);
    }

    private boolean look(Session session) {
        NoticeStore notices = session.notices();
        Optional<NoticeStore.Edge> edge = notices.lockEdge();
        if (channels.all(session).isEmpty()) {
            // Nor any of the database, which a newer version may be able to read.
            if (edge.isPresent() && !notices.hasChannels()) {
                notices.forgetAll();
            }
            return false;
        }
        List<Happening> happened = new ArrayList<>();
        edge.ifPresent(since -> {
            happened.addAll(notices.deaths(since));
            happened.addAll(notices.failedOperations(since));
        });
        Instant now = session.figures().now();
        destinations(notices, now, happened);
        nodes(notices, edge.map(NoticeStore.Edge::at).orElse(now), now, happened);
        promise(notices, now, happened);
        notices.add(happened, settings.first(), settings.between());
        notices.moveEdge();
        return true;
    }

    /** Given up is one that any node leaves alone; it is back once all that call it let calls through. One that nobody says anything of stays as it was. */
    private static void destinations(NoticeStore notices, Instant now, List<Happening> happened) {
        Map<String, Instant> before = notices.marks(NoticeEvent.DESTINATION_GIVEN_UP);
        Set<String> back = new HashSet<>();
        notices.destinations().forEach((name, closed) -> {
            Instant since = before.get(name);
            if (!closed && since == null) {
                notices.mark(NoticeEvent.DESTINATION_GIVEN_UP, name);
                happened.add(Happening.once(
                        NoticeEvent.DESTINATION_GIVEN_UP,
                        name,
                        now,
                        null,
                        "nearly all calls to it fail; its timers wait, and it is tried with a few"));
            } else if (closed && since != null) {
                back.add(name);
                happened.add(Happening.once(
                        NoticeEvent.DESTINATION_BACK,
                        name,
                        now,
                        null,
                        "it answers again; it was given up at " + since));
            }
        });
        notices.unmark(NoticeEvent.DESTINATION_GIVEN_UP, back);
    }

    /**
     * After the database was away all of them are silent for a moment, so each is told of only once it has stayed so. That is at one look: the first that finds the mark old
     * enough, by when the one before it was.
     */
    private static void nodes(NoticeStore notices, Instant before, Instant now, List<Happening> happened) {
        Map<String, Instant> marked = notices.marks(NoticeEvent.NODE_LOST);
        Map<String, Instant> silent = notices.silentNodes();
        silent.forEach((node, seen) -> {
            Instant since = marked.get(node);
            if (since == null) {
                notices.mark(NoticeEvent.NODE_LOST, node);
            } else if (since.plus(STILL_SILENT).isAfter(before)
                    && !since.plus(STILL_SILENT).isAfter(now)) {
                happened.add(Happening.once(
                        NoticeEvent.NODE_LOST,
                        node,
                        now,
                        null,
                        "it was seen last at " + seen + ", and did not say that it stops"));
            }
        });
        Set<String> gone = new HashSet<>(marked.keySet());
        gone.removeAll(silent.keySet());
        notices.unmark(NoticeEvent.NODE_LOST, gone);
    }

    private static void promise(NoticeStore notices, Instant now, List<Happening> happened) {
        NoticeStore.Promise promise = notices.promise();
        boolean broken = promise.firsts() >= LEAST_FIRSTS && promise.onTime() < PROMISED * promise.firsts();
        boolean known = notices.marks(NoticeEvent.PROMISE_BROKEN).containsKey(CLUSTER);
        if (broken && !known) {
            notices.mark(NoticeEvent.PROMISE_BROKEN, CLUSTER);
            happened.add(Happening.once(
                    NoticeEvent.PROMISE_BROKEN,
                    CLUSTER,
                    now,
                    null,
                    "of " + promise.firsts() + " first attempts in the last 5 minutes "
                            + (promise.firsts() - promise.onTime()) + " began more than a second late"));
        } else if (known && !broken && promise.firsts() >= LEAST_FIRSTS) {
            notices.unmark(NoticeEvent.PROMISE_BROKEN, Set.of(CLUSTER));
        }
    }
}
