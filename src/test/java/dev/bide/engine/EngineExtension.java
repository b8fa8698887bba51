package dev.bide.engine;

import dev.bide.delivery.Delivery;
import dev.bide.engine.upkeep.Upkeep;
import dev.bide.testing.PostgresExtension;
import dev.bide.workflow.store.Database;
import java.sql.Connection;
import java.sql.Statement;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/** A node on a database of its own, for all tests of a class or for each of them. What it shows is there while they run. */
public final class EngineExtension
        implements BeforeAllCallback, AfterAllCallback, BeforeEachCallback, AfterEachCallback {
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
            try (Connection connection = postgres.dataSource().getConnection();
                    Statement statement = connection.createStatement()) {
                statement.execute("TRUNCATE " + tables);
            }
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
