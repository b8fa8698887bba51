package dev.bide.http;

import static dev.bide.testing.TimerJson.TIMER;
import static org.assertj.core.api.Assertions.assertThat;

import dev.bide.http.TestServer.Answer;
import dev.bide.testing.Outage;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class DatabaseAwayIT {
    private static final Outage OUTAGE = new Outage();

    @RegisterExtension
    static final ApiExtension API = ApiExtension.api(OUTAGE);

    private static final TestServer SERVER = API.server();

    @Test
    void requests_are_told_to_come_back_until_it_is_there_again() {
        String id = SERVER.post("/timers", TIMER).json(201).path("id").textValue();

        OUTAGE.begin();
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

        OUTAGE.end();
        SERVER.get("/timers/" + id).json(200);
        SERVER.post("/timers", TIMER).json(201);
    }
}
