package dev.bide.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.bide.delay.Delay;
import dev.bide.delivery.Delivery;
import dev.bide.engine.upkeep.Upkeep;
import dev.bide.testing.PostgresExtension;
import dev.bide.workflow.JsonText;
import dev.bide.workflow.RunDraft;
import dev.bide.workflow.TaskDraft;
import dev.bide.workflow.Timer;
import dev.bide.workflow.TimerStatus;
import dev.bide.workflow.Workflow;
import dev.bide.workflow.store.Database;
import dev.bide.workflow.store.Operation;
import dev.bide.workflow.store.OperationKind;
import dev.bide.workflow.store.TimerFilter;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/** A node on a database of its own, for all tests of a class or for each of them. What it shows is there while they run. */
public final class EngineExtension
        implements BeforeAllCallback, AfterAllCallback, BeforeEachCallback, AfterEachCallback {
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    public Engine engine;
    public Database database;
    public Delivery delivery;
    public AtomicInteger repaired;
    public AtomicInteger unreadable;

    private final PostgresExtension postgres = new PostgresExtension();
    private final Start start;
    private String tables = "";
    private EngineNode node;

    /** Starts a node once its database is there. */
    public interface Start {
        EngineNode on(PostgresExtension postgres) throws Exception;
    }

    private EngineExtension(Start start) {
        this.start = start;
    }

    public static EngineExtension of(Start start) {
        return new EngineExtension(start);
    }

    /** A node that stores and changes, but fires nothing. */
    public static EngineExtension api() {
        return of(postgres -> EngineNode.api(postgres.dataSource()));
    }

    /** A node that fires timers too. */
    public static EngineExtension worker() {
        return of(postgres -> EngineNode.worker(postgres.dataSource()));
    }

    /**
     * A new node for each test.
     *
     * @param emptied tables that have no rows then
     */
    public EngineExtension forEachTest(String emptied) {
        tables = emptied;
        return this;
    }

    public PostgresExtension postgres() {
        return postgres;
    }

    public Upkeep upkeep() {
        return node.upkeep();
    }

    public Workflow workflow(TaskDraft... tasks) {
        return engine.workflows().create(EngineNode.draft(tasks));
    }

    public RunView start(Workflow workflow, String key) {
        return engine.runs()
                .start(workflow.id(), new RunDraft(key, null, JsonText.EMPTY_OBJECT))
                .join()
                .value();
    }

    /** So many runs without keys. */
    public void startAll(Workflow workflow, int count) {
        Asked<RunDraft> run = Asked.of(new RunDraft(null, null, JsonText.EMPTY_OBJECT));
        assertThat(engine.runs().startAll(workflow.id(), Collections.nCopies(count, run)))
                .allMatch(Acceptance.Created.class::isInstance);
    }

    /** One that changes timers. */
    public Operation begin(OperationKind kind, TimerFilter filter, Delay delay, Instant dueAt) {
        return engine.operations().begin(kind, new Operation.Request(filter, Operation.END, delay, dueAt, null), null);
    }

    /** The operation after a turn of all that there are. */
    public Operation run(Operation operation) {
        engine.operationRunner().run();
        return engine.operations().get(operation.id());
    }

    public Timer awaitStatus(UUID timer, TimerStatus status) {
        return await().atMost(PATIENCE)
                .pollInterval(Duration.ofMillis(20))
                .until(() -> engine.timers().get(timer), found -> found.status() == status);
    }

    /** When its trigger does, epoch ms. */
    public long fires(UUID timer) {
        return postgres.sql()
                .number("SELECT next_fire_time FROM qrtz_triggers WHERE trigger_name = ?", timer.toString());
    }

    /** Less than nothing where it is late. */
    public double secondsUntilItFires(UUID timer) {
        return Double.parseDouble(postgres.sql()
                .text(
                        "SELECT next_fire_time / 1000.0 - extract(epoch FROM now()) FROM qrtz_triggers WHERE trigger_name = ?",
                        timer.toString()));
    }

    /** Each dead timer of the days that are kept has its narrow row, and no other has one. */
    public void requireEachDeadTimerOnce() {
        String kept = " WHERE finished_at >= (SELECT kept_from FROM history_edge WHERE history = 'timer_history')";
        String rows = "SELECT id, finished_at, due_at, run_id, workflow_id, task_id FROM timer_dead" + kept;
        String dead = "SELECT id, finished_at, due_at, run_id, workflow_id, task_id FROM timer_history" + kept
                + " AND status = 'dead'";
        assertThat(postgres.sql().number("SELECT count(*) FROM (" + rows + " EXCEPT ALL " + dead + ") AS gone"))
                .as("rows of timers that are not dead, or second ones")
                .isZero();
        assertThat(postgres.sql().number("SELECT count(*) FROM (" + dead + " EXCEPT ALL " + rows + ") AS missing"))
                .as("dead timers without a row")
                .isZero();
    }

    @Override
    public void beforeAll(ExtensionContext context) throws Exception {
        postgres.beforeAll(context);
        if (tables.isEmpty()) {
            startNode();
        }
    }

    @Override
    public void beforeEach(ExtensionContext context) throws Exception {
        if (!tables.isEmpty()) {
            postgres.sql().execute("TRUNCATE " + tables);
            startNode();
        }
    }

    private void startNode() throws Exception {
        node = start.on(postgres);
        engine = node.engine;
        database = node.database;
        delivery = node.delivery;
        repaired = node.repaired;
        unreadable = node.unreadable;
    }

    @Override
    public void afterEach(ExtensionContext context) {
        if (!tables.isEmpty()) {
            node.close();
        }
    }

    @Override
    public void afterAll(ExtensionContext context) throws Exception {
        if (tables.isEmpty()) {
            node.close();
        }
        postgres.afterAll(context);
    }
}
