package dev.bide.engine;

import dev.bide.workflow.Database;
import dev.bide.workflow.Session;
import dev.bide.workflow.Timer;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;

/** Stores lone timers with their triggers, in sets. Thread-safe. */
final class TimerWriter implements AutoCloseable {
    /** Timers in one transaction: larger sets cost no less each, and hold locks and memory longer. */
    private static final int LARGEST_SET = 1_000;

    private final Database database;
    private final TimerTriggers triggers;
    private final GroupCommit<Timer, Accepted<Timer>> singles;
    private final SetWriter<Timer, Accepted<UUID>> many;

    TimerWriter(Database database, TimerTriggers triggers, int writers, int capacity) {
        this.database = database;
        this.triggers = triggers;
        this.singles = new GroupCommit<>("accept-timer", this::writeSet, TimerWriter::size, writers, capacity);
        this.many = new SetWriter<>(this::writeMany, TimerWriter::size, LARGEST_SET);
    }

    private static long size(Timer timer) {
        return timer.spec().action().size();
    }

    /** Stores one timer together with whatever others come at the same time. */
    CompletableFuture<Accepted<Timer>> write(Timer timer) {
        return singles.add(timer);
    }

    /** Stores many; each set of up to a thousand in a transaction of its own. Answers their ids. */
    List<SetWriter.Written<Accepted<UUID>>> writeAll(List<Timer> timers) {
        return many.writeAll(timers);
    }

    private List<Accepted<Timer>> writeSet(List<Timer> timers) {
        List<Accepted<Timer>> results = database.inTransaction(session -> insert(session, timers));
        triggers.signal(
                results.stream().filter(Accepted::created).map(Accepted::value).toList());
        return results;
    }

    private List<Accepted<Timer>> insert(Session session, List<Timer> timers) {
        Set<UUID> inserted = store(session, timers);
        Map<String, Timer> taken =
                inserted.size() == timers.size() ? Map.of() : session.timers().findByKeys(taken(timers, inserted));
        return timers.stream()
                .map(timer -> inserted.contains(timer.id())
                        ? new Accepted<>(timer, true)
                        : new Accepted<>(
                                Objects.requireNonNull(taken.get(timer.key()), "the timer whose key is taken"), false))
                .toList();
    }

    private List<Accepted<UUID>> writeMany(List<Timer> timers) {
        List<Accepted<UUID>> results = database.inTransaction(session -> {
            Set<UUID> inserted = store(session, timers);
            Map<String, UUID> taken = inserted.size() == timers.size()
                    ? Map.of()
                    : session.timers().idsByKeys(taken(timers, inserted));
            return timers.stream()
                    .map(timer -> inserted.contains(timer.id())
                            ? new Accepted<>(timer.id(), true)
                            : new Accepted<>(
                                    Objects.requireNonNull(taken.get(timer.key()), "the timer whose key is taken"),
                                    false))
                    .toList();
        });
        Set<UUID> created =
                results.stream().filter(Accepted::created).map(Accepted::value).collect(Collectors.toSet());
        triggers.signal(
                timers.stream().filter(timer -> created.contains(timer.id())).toList());
        return results;
    }

    /** Returns the ids of those that were inserted: the others' keys are taken. */
    private Set<UUID> store(Session session, List<Timer> timers) {
        Set<UUID> inserted = session.timers().insert(timers);
        triggers.store(
                session,
                timers.stream().filter(timer -> inserted.contains(timer.id())).toList());
        return inserted;
    }

    private static List<String> taken(List<Timer> timers, Set<UUID> inserted) {
        return timers.stream()
                .filter(timer -> !inserted.contains(timer.id()))
                .map(timer -> Objects.requireNonNull(timer.key(), "only a key can be in the way"))
                .toList();
    }

    /** Timers that wait to be stored. */
    int depth() {
        return singles.depth();
    }

    /** Whether what is brought will be written. */
    boolean alive() {
        return singles.alive();
    }

    /** Takes nothing more; what waits goes on being written. */
    void stop() {
        singles.stop();
    }

    @Override
    public void close() {
        singles.close();
    }
}
