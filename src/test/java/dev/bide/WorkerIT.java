package dev.bide;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bide.testing.PostgresExtension;
import java.net.http.HttpResponse;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A node without the role api. */
class WorkerIT {
    @RegisterExtension
    static final ServiceExtension SERVICE =
            new ServiceExtension(PostgresExtension.unmigrated()).with("roles", "worker");

    @Test
    void answers_probes_as_every_node_does() throws Exception {
        HttpResponse<String> health = SERVICE.get("/v1/health");

        assertThat(health.statusCode()).isEqualTo(200);
        assertThat(health.body()).contains("\"status\":\"UP\"", "\"roles\":\"worker\"");
    }

    @Test
    void serves_nothing_else_of_the_contract() throws Exception {
        HttpResponse<String> timers = SERVICE.get("/v1/timers");

        assertThat(timers.statusCode()).isEqualTo(404);
        assertThat(timers.headers().firstValue("Content-Type")).contains("application/problem+json");
    }
}
