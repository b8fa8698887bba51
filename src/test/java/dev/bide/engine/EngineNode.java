package dev.bide.engine;

import dev.bide.delay.Delay;
import dev.bide.delivery.Delivery;
import dev.bide.delivery.DeliveryConfiguration;
import dev.bide.delivery.RedisConfiguration;
import dev.bide.delivery.ScriptedNames;
import dev.bide.engine.figures.NodeFigures;
import dev.bide.engine.upkeep.Upkeep;
import dev.bide.persistence.JdbiDatabase;
import dev.bide.testing.Delays;
import dev.bide.trace.Traces;
import dev.bide.workflow.Action;
import dev.bide.workflow.JsonText;
import dev.bide.workflow.RetryPolicy;
import dev.bide.workflow.TaskDraft;
import dev.bide.workflow.TimerDraft;
import dev.bide.workflow.WorkflowDraft;
import dev.bide.workflow.figures.FigureStore.Node.Use;
import dev.bide.workflow.store.Database;
import io.dropwizard.jackson.Jackson;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.sql.DataSource;

/** One node of a cluster, with the real delivery and the real database. */
public final class EngineNode implements AutoCloseable {
    private static final AtomicInteger NODES = new AtomicInteger();

    public final Database database;
    public final Delivery delivery;
    public final Engine engine;
    public final AtomicInteger repaired = new AtomicInteger();
    public final AtomicInteger unreadable = new AtomicInteger();

    private EngineNode(Builder builder) throws Exception {
        delivery = builder.names == null
                ? builder.delivery.build(InstantSource.system(), 512, builder.redis)
                : builder.names.build(builder.delivery);
        Databases databases = builder.databases.apply(delivery);
        database = databases.changes();
        Instant startedAt = builder.clock.instant();
        DeliveryObserver observer = new DeliveryObserver() {
            @Override
            public void unreadable(int count) {
                unreadable.addAndGet(count);
            }

            @Override
            public void repaired(String kind, int count) {
                repaired.addAndGet(count);
            }
        };
        Node node = new Node(
                "node-" + NODES.incrementAndGet(), builder.worker, builder.scheduler, () -> facts(builder, startedAt));
        engine = builder.settings.build(
                node, databases, delivery, observer, builder.clock, builder.notices.settings(builder.mail), Traces.OFF);
        engine.start();
    }

    /** One that stores and changes, but fires nothing. */
    public static EngineNode api(DataSource source) throws Exception {
        return on(source).start();
    }

    /** One that fires timers too. */
    public static EngineNode worker(DataSource source) throws Exception {
        return on(source).worker().start();
    }

    /** Of role {@code api}, unless more is said. Timers have their lanes. */
    public static Builder on(DataSource source) throws Exception {
        return new Builder(delivery -> alike(new JdbiDatabase(source, delivery::lane), source)).delivery("");
    }

    /** The same, by way of {@code database}, which knows no lanes. */
    public static Builder on(DataSource source, Database database) throws Exception {
        return on(alike(database, source));
    }

    /** The same with connections of several kinds. */
    public static Builder on(Databases databases) throws Exception {
        return new Builder(delivery -> databases).delivery("");
    }

    private static Databases alike(Database database, DataSource source) {
        return new Databases(database, database, database, database, source, source);
    }

    /** What a node may have of its own. */
    public static final class Builder {
        private final Function<Delivery, Databases> databases;
        private boolean worker;
        private boolean scheduler;
        private EngineConfiguration settings = new EngineConfiguration();
        private DeliveryConfiguration delivery;
        private RedisConfiguration redis = new RedisConfiguration();
        private ScriptedNames names;
        private NoticesConfiguration notices = new NoticesConfiguration();
        private MailConfiguration mail = new MailConfiguration();
        private InstantSource clock = InstantSource.system();

        private Builder(Function<Delivery, Databases> databases) {
            this.databases = databases;
        }

        public Builder worker() {
            worker = true;
            return this;
        }

        public Builder scheduler() {
            scheduler = true;
            return this;
        }

        /** @param json of the engine's configuration */
        public Builder settings(String json) throws Exception {
            settings = Jackson.newObjectMapper().readValue(json, EngineConfiguration.class);
            return this;
        }

        /** @param more of the delivery's configuration, as JSON behind a comma */
        public Builder delivery(String more) throws Exception {
            delivery = Jackson.newObjectMapper()
                    .readValue(
                            "{\"allowedPrivateNetworks\": [\"127.0.0.0/8\"]" + more + "}", DeliveryConfiguration.class);
            return this;
        }

        /**
         * @param json of the configuration of notices
         * @param server that of mails
         */
        public Builder notices(String json, String server) throws Exception {
            notices = Jackson.newObjectMapper().readValue(json, NoticesConfiguration.class);
            mail = Jackson.newObjectMapper().readValue(server, MailConfiguration.class);
            return this;
        }

        /** @param url by which the workers agree on their limits */
        public Builder redis(String url) throws Exception {
            redis = Jackson.newObjectMapper().readValue("{\"url\": \"" + url + "\"}", RedisConfiguration.class);
            return this;
        }

        public Builder names(ScriptedNames answers) {
            names = answers;
            return this;
        }

        public Builder clock(InstantSource own) {
            clock = own;
            return this;
        }

        public EngineNode start() throws Exception {
            return new EngineNode(this);
        }
    }

    private static NodeFacts facts(Builder builder, Instant startedAt) {
        Set<String> roles = Stream.of("api", builder.worker ? "worker" : "", builder.scheduler ? "scheduler" : "")
                .filter(role -> !role.isEmpty())
                .collect(Collectors.toSet());
        return new NodeFacts(roles, "test", startedAt, 0, new Use(1, 100), new Use(1, 100), 1);
    }

    public NodeFigures figures() {
        return engine.nodeFigures();
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

    public static WorkflowDraft draft(TaskDraft... tasks) {
        return new WorkflowDraft("w", null, null, List.of(tasks));
    }

    public static TaskDraft task(String name, Delay delay, Action action) {
        return new TaskDraft(null, name, delay, action, quickly(), Duration.ofSeconds(10));
    }
}
