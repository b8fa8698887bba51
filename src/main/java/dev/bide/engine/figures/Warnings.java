package dev.bide.engine.figures;

import dev.bide.workflow.figures.DestinationRow;
import dev.bide.workflow.figures.FigureStore;
import dev.bide.workflow.figures.FigureStore.Faults;
import dev.bide.workflow.figures.FigureStore.Node;
import dev.bide.workflow.figures.FigureStore.Warning;
import dev.bide.workflow.figures.Staffing;
import dev.bide.workflow.store.Database;
import dev.bide.workflow.store.HistoryStore.Partition;
import dev.bide.workflow.store.Session;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/** What somebody should look at now. Each turn finds all of it anew; since when something holds is kept with it. */
final class Warnings {
    static final String ROLE_MISSING = "role-missing";

    static final String SCHEDULER = "scheduler";

    /** Three turns in which a node writes: one that was not seen for so long is as good as gone. */
    static final Duration UNSEEN = Duration.ofSeconds(30);

    private static final Set<String> ROLES = new TreeSet<>(Set.of("api", SCHEDULER, "worker"));

    private static final int MOST_NODES = 500;

    /** As many as the upkeep makes. */
    private static final int DAYS_LOOKED_AT = 7;

    private static final double NEARLY = 0.9;
    private static final long CLOCKS_APART_MILLIS = 1_000;
    private static final Duration DAY = Duration.ofDays(1);

    /** What reads more than some rows is not found anew in each turn. */
    private static final Duration SELDOM = Duration.ofMinutes(1);

    private final Database database;
    private final Recent<String, List<Warning>> seldom = new Recent<>(SELDOM, 1);

    Warnings(Database database) {
        this.database = database;
    }

    void run() {
        List<Warning> rare = seldom.answer("rare", all -> database.inTransaction(Warnings::rare));
        database.inTransaction(session -> {
            List<Warning> warnings = new ArrayList<>(rare);
            now(session, warnings);
            session.figures().replaceWarnings(warnings);
            return warnings;
        });
    }

    private static void now(Session session, List<Warning> warnings) {
        FigureStore figures = session.figures();
        Instant now = figures.now();
        List<Node> alive = alive(figures, now);
        roles(alive, now, warnings);
        for (Node node : alive) {
            heap(node, now, warnings);
            clock(node, now, warnings);
        }
        session.destinations().all().stream()
                .filter(DestinationRow::paused)
                .forEach(paused -> warnings.add(paused(paused, now)));
        Node.Use sessions = figures.sessions();
        if (nearly(sessions.used(), sessions.most())) {
            warnings.add(new Warning(
                    "connections-nearly-used",
                    "",
                    sessions.used() + " of the database's " + sessions.most()
                            + " connections (max_connections) are in use",
                    now));
        }
    }

    private static List<Node> alive(FigureStore figures, Instant now) {
        return figures.nodes(MOST_NODES).stream()
                .filter(node -> node.seenAt().isAfter(now.minus(UNSEEN)))
                .toList();
    }

    static Staffing staffing(Session session) {
        List<Node> alive = alive(session.figures(), session.figures().now());
        Map<String, Integer> nodes = new TreeMap<>();
        for (String role : ROLES) {
            nodes.put(role, (int)
                    alive.stream().filter(node -> node.roles().contains(role)).count());
        }
        LocalDate today = session.history().today();
        int daysAhead = session.history().missing(today, DAYS_LOOKED_AT).stream()
                .mapToInt(partition -> (int) ChronoUnit.DAYS.between(today, partition.day()) - 1)
                .min()
                .orElse(DAYS_LOOKED_AT);
        return new Staffing(nodes, Math.max(-1, daysAhead));
    }

    /** Before any node has written, nothing is known. */
    private static void roles(List<Node> alive, Instant now, List<Warning> warnings) {
        if (alive.isEmpty()) {
            return;
        }
        for (String role : ROLES) {
            if (alive.stream().noneMatch(node -> node.roles().contains(role))) {
                warnings.add(roleMissing(role, now));
            }
        }
    }

    static Warning roleMissing(String role, Instant since) {
        String missing =
                switch (role) {
                    case "worker" -> "timers that are due are not called";
                    case SCHEDULER -> "nothing is repaired, no history dropped, no operation goes on";
                    default -> "nobody answers requests";
                };
        return new Warning(ROLE_MISSING, role, "No node of role " + role + " was seen for 30 s: " + missing, since);
    }

    private static void heap(Node node, Instant now, List<Warning> warnings) {
        if (nearly(node.heapLive(), node.heap().most())) {
            warnings.add(new Warning(
                    "heap-nearly-full",
                    node.nodeId(),
                    "Node " + node.nodeId() + " has " + megabytes(node.heapLive()) + " of "
                            + megabytes(node.heap().most()) + " MB of heap in use after a collection",
                    now));
        }
    }

    private static void clock(Node node, Instant now, List<Warning> warnings) {
        if (Math.abs(node.clockOffsetMillis()) > CLOCKS_APART_MILLIS) {
            warnings.add(new Warning(
                    "clocks-apart",
                    node.nodeId(),
                    "The clock of node " + node.nodeId() + " is " + Math.abs(node.clockOffsetMillis()) + " ms "
                            + (node.clockOffsetMillis() > 0 ? "ahead of" : "behind") + " the database's",
                    now));
        }
    }

    private static Warning paused(DestinationRow paused, Instant now) {
        Instant since = paused.pausedAt();
        return new Warning(
                "destination-paused",
                paused.name().toString(),
                paused.name() + " is paused" + (paused.reason() == null ? "" : ": " + paused.reason()),
                since == null ? now : since);
    }

    private static List<Warning> rare(Session session) {
        Instant now = session.figures().now();
        List<Warning> warnings = new ArrayList<>();
        Faults faults = session.figures().faults(now.minus(DAY));
        fault("timers-repaired", faults.repaired(), "timers had no trigger that fits, and were mended", now, warnings);
        fault(
                "timers-unreadable",
                faults.unreadable(),
                "times a timer fired that this version can't read, and waits for one that can",
                now,
                warnings);
        fault("triggers-poisoned", faults.poisoned(), "triggers could not be fired, and were set aside", now, warnings);
        List<Partition> missing = session.history().missing(session.history().today(), 1);
        if (!missing.isEmpty()) {
            warnings.add(new Warning(
                    "partitions-missing",
                    "",
                    missing.size() + " partitions of the histories are missing, the first of "
                            + missing.get(0).history() + " for "
                            + missing.get(0).day(),
                    now));
        }
        return warnings;
    }

    private static void fault(String code, long count, String what, Instant now, List<Warning> warnings) {
        if (count > 0) {
            warnings.add(new Warning(code, "", count + " " + what + ", in the last day", now));
        }
    }

    private static boolean nearly(long used, long most) {
        return used >= NEARLY * most;
    }

    private static long megabytes(long bytes) {
        return bytes / 1_000_000;
    }
}
