package dev.bide.workflow.figures;

import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What is set for destinations, and what their calls of late came to. Part of a {@code Session}. A change locks its one row; figures are written by their own node alone. */
public interface DestinationStore {
    /** All that is set: every node reads it again and again, since commits come out of the order of their times. */
    List<DestinationRow> all();

    Optional<DestinationRow> find(HostPort name);

    /** Pauses it, or gives a paused one another reason; the time of its pause stays. */
    DestinationRow pause(HostPort name, int lane, @Nullable String reason);

    /** What is left is answered; a row in which nothing is set is deleted. */
    Optional<DestinationRow> resume(HostPort name);

    /** Null means what the configuration says; a row in which nothing is set is deleted. */
    Optional<DestinationRow> limit(
            HostPort name, int lane, @Nullable Integer maxConcurrentCalls, @Nullable Integer callsPerSecond);

    /** How many are paused, and for how many anything is set: neither may grow without end. */
    Totals totals();

    record Totals(int paused, int rows) {}

    /**
     * The last minute of one node's calls to one destination.
     *
     * @param over how long that minute is, on a node that has just started
     * @param deferred calls that were put off, by reason
     * @param held its timers are left where they are until there is room
     * @param latency calls by how long they took, by bucket
     */
    record Figures(
            String nodeId,
            HostPort name,
            Duration over,
            int delivered,
            int failed,
            int refused,
            Map<String, Integer> deferred,
            int inFlight,
            String breaker,
            boolean held,
            List<Integer> latency) {
        public Figures {
            deferred = Map.copyOf(deferred);
            latency = List.copyOf(latency);
        }
    }

    /** Writes one node's own, in order of name; those of it that are older than ten minutes go. */
    void write(String nodeId, Collection<Figures> figures);

    /** Of all nodes, of the last 30 s, in order of name; those after {@code after}, {@code most} rows at most. */
    List<Figures> figures(@Nullable HostPort after, int most);

    /** The same of one. */
    List<Figures> figuresOf(HostPort name);
}
