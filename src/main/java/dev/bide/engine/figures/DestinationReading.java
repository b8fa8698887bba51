package dev.bide.engine.figures;

import dev.bide.delivery.Delivery;
import dev.bide.delivery.DeliveryOutcome.Reason;
import dev.bide.delivery.address.DestinationName;
import dev.bide.delivery.destination.DestinationLimits;
import dev.bide.delivery.destination.LatencyBuckets;
import dev.bide.engine.DestinationView;
import dev.bide.engine.quartz.StorageException;
import dev.bide.jobstore.TriggerFigures;
import dev.bide.workflow.figures.Counted;
import dev.bide.workflow.figures.DestinationRow;
import dev.bide.workflow.figures.DestinationStore;
import dev.bide.workflow.figures.DestinationStore.Figures;
import dev.bide.workflow.figures.HostPort;
import dev.bide.workflow.store.Session;
import java.sql.SQLException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Puts destinations together from what is set for them, what all nodes wrote of them, and what waits. Reads only. Thread-safe. */
public final class DestinationReading {
    /** Rows of figures read for a page: 500 destinations on ten nodes. */
    private static final int MOST_ROWS = 5_000;

    /** Timers that are counted of one alone, or of all of a page together: some 20 ms. */
    private static final int COUNTED = 100_000;

    /** Of each on a page. */
    private static final int COUNTED_IN_LIST = 10_000;

    private final Delivery delivery;
    private final TriggerFigures triggers;
    private final InstantSource clock;

    public DestinationReading(Delivery delivery, TriggerFigures triggers, InstantSource clock) {
        this.delivery = delivery;
        this.triggers = triggers;
        this.clock = clock;
    }

    /** By name, those after {@code after}. @param troubled only those that are paused or held, or whose breaker is not closed */
    public DestinationView.Page page(Session session, boolean troubled, @Nullable HostPort after, int limit) {
        session.readBriefly();
        DestinationStore store = session.destinations();
        Map<HostPort, DestinationRow> rows =
                store.all().stream().collect(Collectors.toMap(DestinationRow::name, Function.identity()));
        List<Figures> read = store.figures(after, MOST_ROWS);
        Map<HostPort, List<Figures>> figures = new TreeMap<>();
        read.forEach(one ->
                figures.computeIfAbsent(one.name(), any -> new ArrayList<>()).add(one));
        // Of the last that was read another node may have more.
        HostPort end =
                read.size() < MOST_ROWS ? null : read.get(read.size() - 1).name();
        Set<HostPort> names = new TreeSet<>(figures.keySet());
        names.addAll(rows.keySet());
        List<HostPort> shown = new ArrayList<>();
        HostPort last = null;
        boolean more = false;
        for (HostPort name : names) {
            if (after != null && name.compareTo(after) <= 0) {
                continue;
            }
            if (shown.size() == limit || end != null && name.compareTo(end) >= 0) {
                more = true;
                break;
            }
            if (!troubled || isTroubled(rows.get(name), figures.getOrDefault(name, List.of()))) {
                shown.add(name);
            }
            last = name;
        }
        long held = shown.stream()
                .filter(name -> isHeld(rows.get(name), figures.getOrDefault(name, List.of())))
                .count();
        int most = (int) Math.min(COUNTED_IN_LIST, COUNTED / Math.max(1, held));
        List<DestinationView> items = shown.stream()
                .map(name -> view(session, name, rows.get(name), figures.getOrDefault(name, List.of()), most))
                .toList();
        return new DestinationView.Page(items, more ? last : null);
    }

    /** What waits for it is counted. */
    private static boolean isHeld(@Nullable DestinationRow row, List<Figures> figures) {
        return row != null && row.paused() || figures.stream().anyMatch(Figures::held);
    }

    private static boolean isTroubled(@Nullable DestinationRow row, List<Figures> figures) {
        return isHeld(row, figures)
                || figures.stream().anyMatch(node -> !node.breaker().equals("closed"));
    }

    /** Empty where nobody has to do with it: it was not called, nothing is set for it, and nothing waits. */
    public Optional<DestinationView> find(Session session, HostPort name) {
        DestinationRow row = session.destinations().find(name).orElse(null);
        List<Figures> figures = session.destinations().figuresOf(name);
        if (row == null && figures.isEmpty() && count(session, name, Instant.MAX, 1) == 0) {
            return Optional.empty();
        }
        return Optional.of(view(session, name, row, figures, COUNTED));
    }

    /** One that need not have to do with anybody. */
    public DestinationView of(Session session, HostPort name) {
        return view(
                session,
                name,
                session.destinations().find(name).orElse(null),
                session.destinations().figuresOf(name),
                COUNTED);
    }

    private DestinationView view(
            Session session, HostPort name, @Nullable DestinationRow row, List<Figures> figures, int most) {
        Counted waiting = isHeld(row, figures)
                ? Counted.upTo(most, count(session, name, clock.instant().plusMillis(1), most + 1))
                : new Counted(0, true);
        List<Integer> latency = new ArrayList<>();
        Map<String, Integer> deferred = new LinkedHashMap<>();
        for (Figures node : figures) {
            add(latency, node.latency());
            new TreeMap<>(node.deferred()).forEach((reason, count) -> deferred.merge(reason, count, Integer::sum));
        }
        return new DestinationView(
                name,
                figures.stream()
                        .mapToDouble(node -> (node.delivered() + node.failed() + node.refused())
                                / Math.max(1, node.over().toMillis() / 1_000.0))
                        .sum(),
                new DestinationView.Latency(
                        LatencyBuckets.percentile(latency, 0.5), LatencyBuckets.percentile(latency, 0.95)),
                new DestinationView.Outcomes(
                        figures.stream().mapToInt(Figures::delivered).sum(),
                        figures.stream().mapToInt(Figures::failed).sum(),
                        figures.stream().mapToInt(Figures::refused).sum(),
                        deferred),
                figures.stream().mapToInt(Figures::inFlight).sum(),
                figures.stream()
                        .map(node -> new DestinationView.Breaker(node.nodeId(), node.breaker()))
                        .toList(),
                limits(name, row, deferred),
                waiting,
                row == null ? null : row.pausedAt(),
                row == null ? null : row.reason());
    }

    /** Nodes of another version may have fewer buckets, or more. */
    private static void add(List<Integer> sums, List<Integer> more) {
        for (int i = 0; i < more.size(); i++) {
            if (i < sums.size()) {
                sums.set(i, sums.get(i) + more.get(i));
            } else {
                sums.add(more.get(i));
            }
        }
    }

    private DestinationView.Limits limits(HostPort name, @Nullable DestinationRow row, Map<String, Integer> deferred) {
        DestinationLimits configured = delivery.configured(new DestinationName(name.host(), name.port()));
        Integer most = row == null ? null : row.maxConcurrentCalls();
        Integer rate = row == null ? null : row.callsPerSecond();
        List<String> binding = new ArrayList<>();
        if (deferred.containsKey(DestinationWriter.word(Reason.DESTINATION_FULL))) {
            binding.add("maxConcurrentCalls");
        }
        if (deferred.containsKey(DestinationWriter.word(Reason.RATE_LIMITED))) {
            binding.add("callsPerSecond");
        }
        Integer configuredRate = configured.callsPerSecond() == 0 ? null : Integer.valueOf(configured.callsPerSecond());
        return new DestinationView.Limits(
                most == null ? configured.maxConcurrentCalls() : most,
                most == null && !configured.sharesPlaces(),
                rate == null ? configuredRate : rate,
                most != null || rate != null,
                binding);
    }

    private long count(Session session, HostPort name, Instant to, int most) {
        int lane = delivery.lanes().lane(new DestinationName(name.host(), name.port()));
        try {
            return triggers.count(session.connection(), List.of(lane), Instant.EPOCH, to, most);
        } catch (SQLException e) {
            throw new StorageException(e);
        }
    }
}
