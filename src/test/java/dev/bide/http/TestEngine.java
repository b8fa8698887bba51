package dev.bide.http;

import dev.bide.delivery.Delivery;
import dev.bide.delivery.DeliveryConfiguration;
import dev.bide.delivery.DeliveryOutcome;
import dev.bide.engine.DeliveryObserver;
import dev.bide.engine.Engine;
import dev.bide.engine.EngineConfiguration;
import dev.bide.engine.Node;
import dev.bide.persistence.JdbiDatabase;
import dev.bide.workflow.store.FiredTimer;
import java.time.InstantSource;
import java.util.Map;
import java.util.UUID;
import javax.sql.DataSource;
import org.jdbi.v3.core.Jdbi;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/** The real engine on a test's database, behind a {@link TestServer}. */
final class TestEngine implements AfterAllCallback, TestServer.ServiceSource {
    private final DataSourceSource source;
    private final boolean worker;
    private Delivery delivery;
    private Engine engine;

    /** @param worker whether it fires timers */
    TestEngine(DataSourceSource source, boolean worker) {
        this.source = source;
        this.worker = worker;
    }

    /** The database is there only once its extension has run. */
    interface DataSourceSource {
        DataSource get();
    }

    @Override
    public Api.Services get() throws Exception {
        DataSource database = source.get();
        delivery = new DeliveryConfiguration().allowing("127.0.0.0/8").build(InstantSource.system());
        engine = new EngineConfiguration()
                .build(
                        new Node("http-" + UUID.randomUUID(), worker, false),
                        new JdbiDatabase(Jdbi.create(database)),
                        database,
                        delivery,
                        new NobodyObserves(),
                        InstantSource.system());
        engine.start();
        return new Api.Services(
                engine.workflows(),
                engine.runs(),
                engine.timers(),
                engine.operations(),
                () -> new Health.Report(true, Map.of()),
                InstantSource.system());
    }

    @Override
    public void afterAll(ExtensionContext context) {
        engine.close();
        delivery.close();
    }

    private static final class NobodyObserves implements DeliveryObserver {
        @Override
        public void settled(FiredTimer timer, DeliveryOutcome outcome) {}

        @Override
        public void unreadable(int count) {}

        @Override
        public void repaired(String kind, int count) {}
    }
}
