package dev.bide.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bide.delivery.Delivery;
import dev.bide.delivery.DeliveryConfiguration;
import dev.bide.delivery.DeliveryOutcome;
import dev.bide.persistence.JdbiDatabase;
import dev.bide.testing.PostgresExtension;
import dev.bide.testing.StubThirdParty;
import dev.bide.workflow.Refusal;
import dev.bide.workflow.RefusedException;
import dev.bide.workflow.Timer;
import dev.bide.workflow.store.FiredTimer;
import io.dropwizard.jackson.Jackson;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.stream.IntStream;
import javax.sql.DataSource;
import org.awaitility.Awaitility;
import org.jdbi.v3.core.Jdbi;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A stop ends within the minute that machines grant, of which the server's own grace is a third. */
class EngineStopIT {
    private static final Duration GRANTED = Duration.ofSeconds(25);

    @RegisterExtension
    static final PostgresExtension POSTGRES = new PostgresExtension();

    @RegisterExtension
    final StubThirdParty thirdParty = new StubThirdParty();

    private volatile boolean away;

    @Test
    @Timeout(120)
    void withOutcomesThatCannotBeWritten() throws Exception {
        try (Delivery delivery = delivery()) {
            Engine engine = engine(true, delivery);
            engine.start();
            thirdParty.delay(Duration.ofSeconds(2));
            UUID id = engine.timers()
                    .create(EngineNode.timer(null, 0, thirdParty.url("/")))
                    .join()
                    .value()
                    .id();
            Awaitility.await().until(() -> !thirdParty.calls(id).isEmpty());
            away = true;
            assertThat(stop(engine)).isLessThan(GRANTED);
        }
    }

    @Test
    @Timeout(120)
    void withNewTimersThatCannotBeStored() throws Exception {
        try (Delivery delivery = delivery();
                Connection holder = POSTGRES.dataSource().getConnection();
                Statement statement = holder.createStatement()) {
            Engine engine = engine(false, delivery);
            engine.start();
            holder.setAutoCommit(false);
            statement.execute("LOCK TABLE timer");
            List<CompletableFuture<Accepted<Timer>>> waiting = IntStream.range(0, 600)
                    .mapToObj(i -> engine.timers().create(EngineNode.timer(null, 100, "http://127.0.0.1:9/")))
                    .toList();
            Awaitility.await().until(POSTGRES::somebodyWaitsForALock);
            assertThat(stop(engine)).isLessThan(GRANTED);
            // Those that no writer had taken are told so at once; nobody waits for ever.
            assertThat(waiting)
                    .filteredOn(CompletableFuture::isCompletedExceptionally)
                    .isNotEmpty()
                    .allSatisfy(one -> assertThat(reason(one)).isEqualTo(Refusal.Reason.BUSY));
            holder.rollback();
            Awaitility.await().until(() -> waiting.stream().allMatch(CompletableFuture::isDone));
        }
    }

    private static Refusal.Reason reason(CompletableFuture<Accepted<Timer>> failed) {
        try {
            failed.join();
            throw new AssertionError("it was stored");
        } catch (CompletionException e) {
            return ((RefusedException) e.getCause()).refusal().reason();
        }
    }

    private static Duration stop(Engine engine) {
        long begun = System.nanoTime();
        engine.close();
        return Duration.ofNanos(System.nanoTime() - begun);
    }

    private static Delivery delivery() throws Exception {
        return Jackson.newObjectMapper()
                .readValue("{\"allowedPrivateNetworks\": [\"127.0.0.0/8\"]}", DeliveryConfiguration.class)
                .build(InstantSource.system());
    }

    private Engine engine(boolean worker, Delivery delivery) throws Exception {
        EngineConfiguration configuration =
                Jackson.newObjectMapper().readValue("{\"shutdownGrace\": \"5s\"}", EngineConfiguration.class);
        DataSource source = source();
        return configuration.build(
                new Node("stops-" + worker, worker, false),
                new JdbiDatabase(Jdbi.create(source)),
                source,
                delivery,
                new NobodyObserves(),
                InstantSource.system());
    }

    /** A database that can go away. */
    private DataSource source() {
        DataSource real = POSTGRES.dataSource();
        return (DataSource) Proxy.newProxyInstance(
                getClass().getClassLoader(), new Class<?>[] {DataSource.class}, (proxy, method, arguments) -> {
                    if (away && method.getName().equals("getConnection")) {
                        throw new SQLException("Connection refused", "08001");
                    }
                    try {
                        return method.invoke(real, arguments);
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                });
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
