package dev.bide.engine;

import dev.bide.delivery.Delivery;
import dev.bide.delivery.address.DestinationName;
import dev.bide.engine.figures.DestinationReading;
import dev.bide.engine.figures.DestinationWatch;
import dev.bide.engine.figures.Recent;
import dev.bide.workflow.RefusedException;
import dev.bide.workflow.figures.DestinationStore;
import dev.bide.workflow.figures.HostPort;
import dev.bide.workflow.store.Database;
import dev.bide.workflow.store.Session;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The third parties: what they get and answer, and what is set for them. Thread-safe. */
public final class Destinations {
    private static final Logger LOG = LoggerFactory.getLogger(Destinations.class);

    /** Each is left out of every look for due timers, on all nodes. */
    private static final int MOST_PAUSED = 500;

    /** All of them are read by every node, every 2 s. */
    private static final int MOST_SET = 10_000;

    /** As long as pages of the list are new enough for who asks again and again. */
    private static final Duration KEPT = Duration.ofSeconds(2);

    private static final int MOST_PAGES = 50;

    private final Database reads;
    private final Database database;
    private final Delivery delivery;
    private final DestinationReading reading;
    private final DestinationWatch watch;

    /** What was changed here is seen at once. */
    private final AtomicLong changes = new AtomicLong();

    private final Recent<Question, DestinationView.Page> pages = new Recent<>(KEPT, MOST_PAGES);

    private record Question(boolean troubled, @Nullable HostPort after, int limit, long changes) {}

    /** @param watch is told of changes made here */
    Destinations(
            Database reads, Database database, Delivery delivery, DestinationReading reading, DestinationWatch watch) {
        this.reads = reads;
        this.database = database;
        this.delivery = delivery;
        this.reading = reading;
        this.watch = watch;
    }

    /** @param troubled only those that are paused, whose timers are held, or whose breaker is not closed */
    public DestinationView.Page list(boolean troubled, @Nullable HostPort after, int limit) {
        return pages.answer(
                new Question(troubled, after, limit, changes.get()),
                asked -> reads.inTransaction(session -> reading.page(session, troubled, after, limit)));
    }

    /** @param destination its host and port */
    public DestinationView get(String destination) {
        HostPort name = name(destination);
        return reads.inTransaction(session -> reading.find(session, name))
                .orElseThrow(() -> RefusedException.notFound("destination", name));
    }

    /** Sets what all nodes together may ask of it; null leaves it to what each is configured for. */
    public DestinationView limit(
            String destination, @Nullable Integer maxConcurrentCalls, @Nullable Integer callsPerSecond) {
        HostPort name = name(destination);
        change(name, session -> {
            session.destinations().limit(name, lane(name), maxConcurrentCalls, callsPerSecond);
            checkTotals(session.destinations());
        });
        LOG.info(
                "Limits of {}: {} calls at a time, {} a second (null: as configured)",
                name,
                maxConcurrentCalls,
                callsPerSecond);
        return view(name);
    }

    /** No call to it begins any more, on this node at once. What is paused already gets the reason. */
    public DestinationView pause(String destination, @Nullable String reason) {
        HostPort name = name(destination);
        change(name, session -> {
            session.destinations().pause(name, lane(name), reason);
            checkTotals(session.destinations());
        });
        LOG.atInfo()
                .addKeyValue("event", "destination-pause")
                .addKeyValue("destination", name)
                .log("Destination {} is paused", name);
        return view(name);
    }

    public DestinationView resume(String destination) {
        HostPort name = name(destination);
        change(name, session -> session.destinations().resume(name));
        LOG.atInfo()
                .addKeyValue("event", "destination-resume")
                .addKeyValue("destination", name)
                .log("Destination {} is not paused", name);
        return view(name);
    }

    private void change(HostPort name, Consumer<Session> change) {
        database.inTransaction(session -> {
            change.accept(session);
            return name;
        });
        changes.incrementAndGet();
        watch.look();
    }

    /** After the change, so that what is too much is undone. Two at once may both pass: what matters is that it does not grow on. */
    private static void checkTotals(DestinationStore store) {
        DestinationStore.Totals totals = store.totals();
        if (totals.paused() > MOST_PAUSED) {
            throw RefusedException.conflict(MOST_PAUSED + " destinations are paused already");
        }
        if (totals.rows() > MOST_SET) {
            throw RefusedException.conflict("Something is set for " + MOST_SET + " destinations already");
        }
    }

    private DestinationView view(HostPort name) {
        return reads.inTransaction(session -> reading.of(session, name));
    }

    private int lane(HostPort name) {
        return delivery.lanes().lane(new DestinationName(name.host(), name.port()));
    }

    private static HostPort name(String text) {
        DestinationName name = Delivery.destination(text);
        if (name == null) {
            throw RefusedException.invalid(
                    "destination", "must be a host and a port, such as api.example.com:443 or [2001:db8::1]:443");
        }
        return new HostPort(name.host(), name.port());
    }
}
