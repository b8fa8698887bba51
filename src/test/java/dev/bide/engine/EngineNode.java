package dev.bide.engine;

import dev.bide.delay.Delay;
import dev.bide.delivery.Delivery;
import dev.bide.delivery.DeliveryConfiguration;
import dev.bide.delivery.DeliveryOutcome;
import dev.bide.delivery.ScriptedNames;
import dev.bide.engine.upkeep.Upkeep;
import dev.bide.persistence.JdbiDatabase;
import dev.bide.testing.Delays;
import dev.bide.workflow.Action;
import dev.bide.workflow.JsonText;
import dev.bide.workflow.RetryPolicy;
import dev.bide.workflow.TaskDraft;
import dev.bide.workflow.TimerDraft;
import dev.bide.workflow.store.Database;
import dev.bide.workflow.store.FiredTimer;
import io.dropwizard.jackson.Jackson;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import javax.sql.DataSource;
import org.jdbi.v3.core.Jdbi;

/** One node of a cluster, with the real delivery and the real database. */
public final class EngineNode implements AutoCloseable {
    private static final AtomicInteger NODES = new AtomicInteger();

    public final Database database;
    public final Delivery delivery;
    public final Engine engine;
    public final AtomicInteger repaired = new AtomicInteger();
    public final AtomicInteger unreadable = new AtomicInteger();

    private EngineNode(DataSource source, boolean worker) throws Exception {
        this(source, worker, "");
    }

    /** @param more of the delivery's configuration, as JSON behind a comma */
    private EngineNode(DataSource source, boolean worker, String more) throws Exception {
        this(
                alike(source, new JdbiDatabase(Jdbi.create(source))),
                new Node("node-" + NODES.incrementAndGet(), worker, false),
                new EngineConfiguration(),
                InstantSource.system(),
                delivery(more).build(InstantSource.system()));
    }

    private static DeliveryConfiguration delivery(String more) throws Exception {
        return Jackson.newObjectMapper()
                .readValue("{\"allowedPrivateNetworks\": [\"127.0.0.0/8\"]" + more + "}", DeliveryConfiguration.class);
    }

    private static Databases alike(DataSource source, Database database) {
        return new Databases(database, database, database, database, source, source);
    }

    private EngineNode(
            Databases databases, Node node, EngineConfiguration settings, InstantSource clock, Delivery delivery)
            throws Exception {
        this.database = databases.changes();
        this.delivery = delivery;
        DeliveryObserver observer = new DeliveryObserver() {
            @Override
            public void settled(FiredTimer timer, DeliveryOutcome outcome) {}

            @Override
            public void unreadable(int count) {
                unreadable.addAndGet(count);
            }

            @Override
            public void repaired(String kind, int count) {
                repaired.addAndGet(count);
            }
        };
        engine = settings.build(node, databases, delivery, observer, clock);
        engine.start();
    }

    public static EngineNode worker(DataSource source) throws Exception {
        return new EngineNode(source, true);
    }

    public static EngineNode worker(DataSource source, String more) throws Exception {
        return new EngineNode(source, true, more);
    }

    public static EngineNode worker(DataSource source, EngineConfiguration settings) throws Exception {
        return new EngineNode(
                alike(source, new JdbiDatabase(Jdbi.create(source))),
                new Node("node-" + NODES.incrementAndGet(), true, false),
                settings,
                InstantSource.system(),
                delivery("").build(InstantSource.system()));
    }

    /** One that stores and changes, but fires nothing. */
    public static EngineNode api(DataSource source) throws Exception {
        return new EngineNode(source, false);
    }

    /** One of role {@code api} or {@code scheduler}, with its own idea of what is kept and what time it is. */
    public static EngineNode keeping(DataSource source, boolean scheduler, int days, InstantSource clock)
            throws Exception {
        EngineConfiguration settings = new EngineConfiguration();
        settings.retention = io.dropwizard.util.Duration.days(days);
        Node node = new Node("node-" + NODES.incrementAndGet(), false, scheduler);
        Delivery delivery = delivery("").build(InstantSource.system());
        return new EngineNode(alike(source, new JdbiDatabase(Jdbi.create(source))), node, settings, clock, delivery);
    }

    /** One of role {@code api} that goes by {@code database}. */
    public static EngineNode api(DataSource source, Database database) throws Exception {
        return new EngineNode(
                alike(source, database),
                new Node("node-" + NODES.incrementAndGet(), false, false),
                new EngineConfiguration(),
                InstantSource.system(),
                delivery("").build(InstantSource.system()));
    }

    /** One of role {@code api} with connections of several kinds, and names of its own. */
    static EngineNode api(Databases databases, ScriptedNames names) throws Exception {
        return new EngineNode(
                databases,
                new Node("node-" + NODES.incrementAndGet(), false, false),
                new EngineConfiguration(),
                InstantSource.system(),
                names.build(delivery("")));
    }

    public Upkeep upkeep() {
        return engine.upkeep();
    }

    @Override
    public void close() {
        engine.close();
        delivery.close();
    }

    public static Delay seconds(int amount) {
        return Delays.of(Map.of("type", "period", "amount", amount, "unit", "seconds"));
    }

    public static Action action(String url) {
        return new Action("POST", url, Map.of(), JsonText.EMPTY_OBJECT);
    }

    public static RetryPolicy quickly() {
        return new RetryPolicy(3, Duration.ofMillis(10), 1, Duration.ofMillis(20));
    }

    public static TimerDraft timer(String key, int seconds, String url) {
        return new TimerDraft(key, seconds(seconds), action(url), quickly(), Duration.ofSeconds(10), null);
    }

    public static TaskDraft task(String name, Delay delay, Action action) {
        return new TaskDraft(null, name, delay, action, quickly(), Duration.ofSeconds(10));
    }
}
