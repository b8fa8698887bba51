package dev.bide.engine.list;

import dev.bide.engine.quartz.FiringTimers;
import dev.bide.engine.quartz.TimerTriggers;
import dev.bide.json.InvalidException;
import dev.bide.workflow.Ids;
import dev.bide.workflow.Timer;
import dev.bide.workflow.TimerStatus;
import dev.bide.workflow.store.Cursor;
import dev.bide.workflow.store.Database;
import dev.bide.workflow.store.Days;
import dev.bide.workflow.store.HistoryStore.History;
import dev.bide.workflow.store.ListStore;
import dev.bide.workflow.store.ListStore.Place;
import dev.bide.workflow.store.Page;
import dev.bide.workflow.store.PageRequest;
import dev.bide.workflow.store.Session;
import dev.bide.workflow.store.TimerFilter;
import dev.bide.workflow.store.TimerFilter.Order;
import java.time.Instant;
import java.time.InstantSource;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Lists of timers. Thread-safe. */
public final class TimerLists {
    private static final Set<TimerStatus> DONE = Set.of(TimerStatus.DELIVERED, TimerStatus.DEAD);

    /** Triggers that are looked at together, after the first page's. */
    private static final int TRIGGERS = 1_000;

    /** Of one moment: each page reads those of the pages before it once more. */
    static final int MOST_SKIPPED = 100_000;

    private final Database database;
    private final FiringTimers firing;
    private final Function<String, Optional<Set<Integer>>> hosts;
    private final HistoryWalk walk;
    private final PageItems<Timer> items;

    /** @param hosts the lanes of a host, as somebody writes it; empty where it is none */
    public TimerLists(
            Database database,
            FiringTimers firing,
            Function<String, Optional<Set<Integer>>> hosts,
            InstantSource clock) {
        this.database = database;
        this.firing = firing;
        this.hosts = hosts;
        this.walk = new HistoryWalk(database, clock);
        this.items = new PageItems<>(database, clock, new Timers());
    }

    /** In the filter's order. A page may be short, even empty, and not the last. {@link InvalidException} for what no index finds, and for a cursor of another order. */
    public Page<Timer> list(TimerFilter filter, PageRequest page) {
        Order order = filter.order();
        order.check(page);
        if (filter.key() != null) {
            return ofKey(filter, page, filter.key());
        }
        String host = filter.host();
        Set<Integer> lanes = host == null ? Set.of() : lanes(host);
        if (order == Order.FIRING) {
            return firing(filter, lanes, page);
        }
        Merged merged = new Merged(order, page);
        if (order == Order.DEATH) {
            database.inTransaction(session -> session.lists().deadTimers(filter, lanes, page))
                    .forEach(merged::add);
        } else {
            database.inTransaction(session -> session.lists().waitingTimers(filter, lanes, page))
                    .forEach(merged::add);
            if (!filter.listed().stream().allMatch(TimerStatus::waiting)) {
                walk.walk(
                        History.TIMER,
                        order,
                        page,
                        from(filter, order, page),
                        (session, days, most) -> session.lists().finishedTimers(filter, page, days, most),
                        merged);
            }
        }
        return items.read(merged.places(), Place::cursor, merged.next(), timer -> matches(filter, timer));
    }

    private Set<Integer> lanes(String host) {
        return hosts.apply(host).orElseThrow(() -> new InvalidException("host", TimerTriggers.HOST_RULE));
    }

    private static boolean matches(TimerFilter filter, Timer timer) {
        return filter.listed().contains(timer.status());
    }

    /** Nothing was finished before what it is of was made, nor delivered before it was due; but cancelled it may have been. */
    private static @Nullable LocalDate from(TimerFilter filter, Order order, PageRequest page) {
        Stream<Instant> made = Stream.of(
                        Optional.ofNullable(filter.runId()),
                        Optional.ofNullable(filter.taskId()),
                        Optional.ofNullable(filter.workflowId()))
                .flatMap(Optional::stream)
                .filter(Ids::isOurs)
                .map(Ids::madeAt);
        boolean byTime = order == Order.DUE
                && filter.listed().stream().filter(state -> !state.waiting()).allMatch(DONE::contains);
        Cursor cursor = page.cursor();
        Stream<Instant> due = byTime
                ? Stream.of(
                                Optional.ofNullable(filter.dueFrom()),
                                Optional.ofNullable(cursor == null ? null : cursor.at()))
                        .flatMap(Optional::stream)
                : Stream.of();
        return Stream.concat(made, due)
                .max(Comparator.naturalOrder())
                .map(latest -> Days.day(latest.minus(HistoryWalk.SKEW)))
                .orElse(null);
    }

    /** One at most. */
    private Page<Timer> ofKey(TimerFilter filter, PageRequest page, String key) {
        List<Place> places =
                database.inTransaction(session -> session.timers().findByKeys(List.of(key))).values().stream()
                        .map(holder -> new Place(holder.id(), null, holder.finishedAt()))
                        .filter(place -> page.cursor() == null)
                        .toList();
        return items.read(places, Place::cursor, null, timer -> matches(filter, timer));
    }

    private Page<Timer> firing(TimerFilter filter, Set<Integer> lanes, PageRequest page) {
        Firing found = database.inTransaction(session -> look(session, filter, lanes, page));
        return items.read(
                found.places,
                place -> Objects.requireNonNull(found.cursors.get(place.id())),
                found.over ? null : found.last,
                timer -> matches(filter, timer));
    }

    private Firing look(Session session, TimerFilter filter, Set<Integer> lanes, PageRequest page) {
        Firing found = new Firing(filter, page);
        int looked = 0;
        int most = page.limit() + 1;
        while (looked < ListStore.LOOKED_AT) {
            List<FiringTimers.Firing> next = firing.next(session, lanes, found.at, found.number, most);
            Set<UUID> matching = session.lists()
                    .matching(
                            filter,
                            next.stream()
                                    .map(FiringTimers.Firing::timer)
                                    .flatMap(Optional::stream)
                                    .toList());
            for (FiringTimers.Firing one : next) {
                if (found.places.size() == page.limit()) {
                    return found;
                }
                found.add(one, matching);
            }
            if (next.size() < most) {
                found.over = true;
                return found;
            }
            looked += most;
            most = Math.min(TRIGGERS, ListStore.LOOKED_AT);
        }
        return found;
    }

    /** What was looked at so far; the place of each is its time, and its number among those of that time. */
    private static final class Firing {
        private final List<Place> places = new ArrayList<>();
        private final Map<UUID, Cursor> cursors = new HashMap<>();
        private Instant at;
        private int number;
        private @Nullable Cursor last;
        private boolean over;

        Firing(TimerFilter filter, PageRequest page) {
            Cursor cursor = page.cursor();
            Instant time = cursor == null ? filter.dueFrom() : cursor.at();
            // None fires before it is due.
            at = time == null ? Instant.EPOCH : time;
            long skipped = cursor == null ? 0 : cursor.number();
            if (skipped < 0) {
                throw new InvalidException("cursor", "is not one that this list has answered with");
            }
            if (skipped > MOST_SKIPPED) {
                throw new InvalidException(
                        "cursor",
                        "is beyond the first " + MOST_SKIPPED
                                + " timers of a destination that fire at one moment, where this list ends; ask without host for all, or with dueFrom for later ones");
            }
            number = (int) skipped;
            last = cursor;
        }

        void add(FiringTimers.Firing one, Set<UUID> matching) {
            number = one.at().equals(at) ? number + 1 : 1;
            at = one.at();
            Cursor cursor = Cursor.numbered(at, number);
            last = cursor;
            one.timer().filter(matching::contains).ifPresent(id -> {
                places.add(new Place(id, null, null));
                cursors.put(id, cursor);
            });
        }
    }

    private static final class Timers implements PageItems.Source<Timer> {
        @Override
        public List<Timer> waiting(Session session, Collection<UUID> ids) {
            return session.timers().read(ids);
        }

        @Override
        public List<Timer> finished(Session session, Map<UUID, Instant> finished) {
            return session.timers().readFinished(finished);
        }

        @Override
        public UUID id(Timer timer) {
            return timer.id();
        }

        @Override
        public long size(Timer timer) {
            return timer.size();
        }
    }
}
