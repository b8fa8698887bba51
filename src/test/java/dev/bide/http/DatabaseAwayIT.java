package dev.bide.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bide.http.TestServer.Answer;
import dev.bide.testing.PostgresExtension;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.sql.SQLException;
import java.util.UUID;
import javax.sql.DataSource;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class DatabaseAwayIT {
    @RegisterExtension
    @Order(1)
    static final PostgresExtension POSTGRES = new PostgresExtension();

    @RegisterExtension
    @Order(2)
    static final TestEngine ENGINE = new TestEngine(DatabaseAwayIT::source, false);

    @RegisterExtension
    @Order(3)
    static final TestServer SERVER = new TestServer(ENGINE);

    private static final String TIMER =
            "{\"delay\":{\"type\":\"period\",\"amount\":1,\"unit\":\"days\"},\"action\":{\"url\":\"http://127.0.0.1:9/\"}}";

    private static volatile boolean away;

    @Test
    void requestsAreToldToComeBackUntilItIsThereAgain() {
        String id = SERVER.post("/timers", TIMER).json(201).path("id").textValue();

        away = true;
        for (Answer answer : new Answer[] {
            SERVER.post("/timers", TIMER),
            SERVER.post("/timers/bulk", "{\"timers\":[" + TIMER + "]}"),
            SERVER.post("/workflows", "{\"name\":\"n\"}"),
            SERVER.post("/workflows/" + UUID.randomUUID() + "/runs", "{}"),
            SERVER.get("/timers/" + id),
            SERVER.get("/timers"),
            SERVER.post("/timers/" + id + "/cancel"),
            SERVER.get("/runs/" + UUID.randomUUID())
        }) {
            assertThat(answer.problem(503).path("type").textValue()).isEqualTo("urn:bide:problem:unavailable");
            assertThat(answer.header("Retry-After")).isEqualTo("2");
        }
        assertThat(SERVER.post("/timers", "{}").fields(422))
                .as("bad input is bad input all the same")
                .contains("delay");

        away = false;
        SERVER.get("/timers/" + id).json(200);
        SERVER.post("/timers", TIMER).json(201);
    }

    /** Connections that fail as pgjdbc fails when nobody listens. */
    private static DataSource source() {
        DataSource real = POSTGRES.dataSource();
        return (DataSource) Proxy.newProxyInstance(
                DatabaseAwayIT.class.getClassLoader(),
                new Class<?>[] {DataSource.class},
                (proxy, method, arguments) -> {
                    if (away && method.getName().equals("getConnection")) {
                        throw new SQLException("Connection to 127.0.0.1:5432 refused", "08001");
                    }
                    try {
                        return method.invoke(real, arguments);
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                });
    }
}
