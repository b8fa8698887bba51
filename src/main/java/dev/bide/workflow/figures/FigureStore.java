package dev.bide.workflow.figures;

import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** What each node does and is, and what the cluster comes to. Part of a {@code Session}. All times are the database's. A node writes rows of its own alone; the rest is the control plane's. */
public interface FigureStore {
    /** How long a slot of figures is. */
    Duration SLOT = Duration.ofSeconds(10);

    /** How long they are kept. */
    Duration KEPT = Duration.ofDays(7);

    /** As far as is counted, and no further: there may be ten million. */
    int MOST_COUNTED = 100_000;

    /** The database's now. */
    Instant now();

    /**
     * Sums of a time.
     *
     * @param accepted timers that requests stored
     * @param retried attempts after which a timer waits again
     * @param firsts first attempts
     * @param onTime those of them that began within a second of their due times
     * @param lateness first attempts by how late they began, by bucket; those after the last that has any are left out
     */
    record Sums(long accepted, long delivered, long retried, long dead, long firsts, long onTime, List<Long> lateness) {
        public Sums {
            lateness = List.copyOf(lateness);
        }
    }

    /** Things that should never happen, in the same time. */
    record Faults(long repaired, long unreadable, long poisoned) {}

    /** A node, as it says. */
    record Node(
            String nodeId,
            Set<String> roles,
            String version,
            Instant startedAt,
            Instant seenAt,
            long clockOffsetMillis,
            int inFlight,
            Use connections,
            Use heap,
            long heapLive) {
        public Node {
            roles = Set.copyOf(roles);
        }

        /** @param most it can be */
        public record Use(long used, long most) {}
    }

    /** The slot that is just over, to half a slot, or the first after it that the node has not written. */
    Instant slot(String nodeId);

    /** Writes it once: sent again with the same slot, it changes nothing. */
    void write(Instant slot, String nodeId, Sums sums, Faults faults);

    /** Writes what the node is; {@code seenAt} is the database's now, whatever it says. */
    void write(Node node);

    /** A node stops by itself. */
    void forget(String nodeId);

    /** Seen within the last hour, by name, {@code most} at most. */
    List<Node> nodes(int most);

    /** The sums of one node's slot or, where they are of all, of a minute. @param due the most that were due in it; null where nobody counted */
    record Slot(Instant at, Sums sums, @Nullable Integer due) {}

    /** Each node's slots, from {@code from} up to but not at {@code to}, oldest first: several of one time. {@code due} is null. */
    void slots(Instant from, Instant to, Consumer<Slot> each);

    /** The cluster's minutes, the same. */
    void minutes(Instant from, Instant to, Consumer<Slot> each);

    /** When the oldest slot begins that any node wrote, and the newest. */
    Optional<Instant> oldestSlot();

    Optional<Instant> newestSlot();

    Optional<Instant> newestMinute();

    /** Writes a minute of the cluster, or writes it anew where it has changed. */
    void writeMinute(Slot minute);

    /** Of all nodes since then. */
    Faults faults(Instant since);

    /** The database's sessions of clients, and how many there may be. */
    Node.Use sessions();

    /** Counts the timers: to {@link #MOST_COUNTED} of each, those that wait by the planner's estimate from there on. */
    Counts count();

    /** How many were due at a moment. */
    record Due(Instant at, int due) {}

    /** Oldest first, up to but not at {@code to}. */
    List<Due> due(Instant from, Instant to);

    /** What was counted for the whole cluster. @param oldestDue null where none is due */
    record Cluster(
            Instant at, Counts counts, int due, @Nullable Instant oldestDue) {}

    /** {@code at} is the database's now, whatever it says. */
    void write(Cluster counted);

    /** The newest. */
    Optional<Cluster> cluster();

    /** Deliveries a second of the best minute of the last day. */
    Optional<Double> capacityPerSecond();

    /** What somebody should look at. @param subject of several with one code which */
    record Warning(String code, String subject, String detail, Instant since) {}

    /** Those that hold now, {@code since} then at least: those that held before keep their beginning, the others go. */
    void replaceWarnings(Collection<Warning> warnings);

    /** Oldest first, {@code most} at most. */
    List<Warning> warnings(int most);

    /** Forgets figures from before {@code before}; returns how many rows. */
    int deleteFigures(Instant before);

    /** Forgets nodes not seen since {@code before}, with what they wrote of destinations. */
    int deleteNodes(Instant before);
}
