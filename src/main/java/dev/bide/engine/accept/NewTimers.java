package dev.bide.engine.accept;

import dev.bide.engine.Acceptance;
import dev.bide.engine.DeliveryObserver;
import dev.bide.engine.quartz.TimerTriggers;
import dev.bide.trace.SetSpan;
import dev.bide.trace.Traces;
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
import org.jspecify.annotations.Nullable;

/** Stores lone timers with their triggers. Thread-safe. */
public final class NewTimers implements BatchTransaction<Timer, Timer> {
    private final Database database;
    private final TimerTriggers triggers;
    private final DeliveryObserver observer;
    private final Traces traces;

    public NewTimers(Database database, TimerTriggers triggers, DeliveryObserver observer, Traces traces) {
        this.database = database;
        this.triggers = triggers;
        this.observer = observer;
        this.traces = traces;
    }

    /** Characters of what may be large of one. */
    public static long size(Timer timer) {
        return timer.spec().action().size();
    }

    /** There is no lock that many of a batch need. */
    @Override
    public List<@Nullable Acceptance<Timer>> write(List<Timer> timers, boolean waits) {
        try (SetSpan span = traces.set("store timers", timers, Timer::traceparent)) {
            return database.inTransaction(session -> insert(session, timers));
        }
    }

    @Override
    public void committed(List<@Nullable Acceptance<Timer>> results) {
        List<Timer> created = new ArrayList<>();
        results.forEach(result -> {
            if (result instanceof Acceptance.Created<Timer> one) {
                created.add(one.value());
            }
        });
        observer.accepted(created.size());
        triggers.signal(created);
    }

    private List<@Nullable Acceptance<Timer>> insert(Session session, List<Timer> timers) {
        Set<UUID> inserted = session.timers().insert(timers);
        triggers.store(
                session,
                timers.stream().filter(timer -> inserted.contains(timer.id())).toList());
        Map<String, KeyHolder> taken =
                inserted.size() == timers.size() ? Map.of() : findTaken(session, timers, inserted);
        return timers.stream()
                .<@Nullable Acceptance<Timer>>map(timer -> inserted.contains(timer.id())
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
}
