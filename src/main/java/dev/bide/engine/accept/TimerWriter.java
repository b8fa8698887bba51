package dev.bide.engine.accept;

import dev.bide.engine.Acceptance;
import dev.bide.engine.quartz.TimerTriggers;
import dev.bide.workflow.Timer;
import dev.bide.workflow.store.Database;
import dev.bide.workflow.store.KeyHolder;
import dev.bide.workflow.store.Session;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;

/** Stores lone timers with their triggers, in sets. Thread-safe. */
public final class TimerWriter implements AutoCloseable {
    /** Timers in one transaction: larger sets cost no less each, and hold locks and memory longer. */
    private static final int LARGEST_SET = 1_000;

    private final Database database;
    private final TimerTriggers triggers;
    private final GroupCommit<Timer, Acceptance<Timer>> singles;
    private final SetWriter<Timer, Timer> many;

    public TimerWriter(Database database, TimerTriggers triggers, int writers, int capacity) {
        this.database = database;
        this.triggers = triggers;
        this.singles = new GroupCommit<>("accept-timer", this::writeSet, TimerWriter::size, writers, capacity);
        this.many = new SetWriter<>(this::writeSet, TimerWriter::size, LARGEST_SET);
    }

    private static long size(Timer timer) {
        return timer.spec().action().size();
    }

    /** Stores one timer together with whatever others come at the same time. */
    public CompletableFuture<Acceptance<Timer>> write(Timer timer) {
        return singles.add(timer);
    }

    /** Stores many; each set of up to a thousand in a transaction of its own. */
    public List<Acceptance<Timer>> writeAll(List<Timer> timers) {
        return many.writeAll(timers);
    }

    private List<Acceptance<Timer>> writeSet(List<Timer> timers) {
        List<Acceptance<Timer>> results = database.inTransaction(session -> insert(session, timers));
        List<Timer> created = new ArrayList<>();
        results.forEach(result -> {
            if (result instanceof Acceptance.Created<Timer> one) {
                created.add(one.value());
            }
        });
        triggers.signal(created);
        return results;
    }

    private List<Acceptance<Timer>> insert(Session session, List<Timer> timers) {
        Set<UUID> inserted = session.timers().insert(timers);
        triggers.store(
                session,
                timers.stream().filter(timer -> inserted.contains(timer.id())).toList());
        Map<String, KeyHolder> taken =
                inserted.size() == timers.size() ? Map.of() : findTaken(session, timers, inserted);
        return timers.stream()
                .<Acceptance<Timer>>map(timer -> inserted.contains(timer.id())
                        ? new Acceptance.Created<>(timer)
                        : new Acceptance.Existing<>(
                                Objects.requireNonNull(taken.get(timer.key()), "the timer whose key is taken")))
                .toList();
    }

    private static Map<String, KeyHolder> findTaken(Session session, List<Timer> timers, Set<UUID> inserted) {
        return session.timers()
                .findByKeys(timers.stream()
                        .filter(timer -> !inserted.contains(timer.id()))
                        .map(timer -> Objects.requireNonNull(timer.key(), "only a key can be in the way"))
                        .toList());
    }

    /** Timers that wait to be stored. */
    public int depth() {
        return singles.depth();
    }

    /** Whether what is brought will be written. */
    public boolean alive() {
        return singles.alive();
    }

    /** Takes nothing more; what waits goes on being written. */
    public void stop() {
        singles.stop();
    }

    @Override
    public void close() {
        singles.close();
    }
}
