package dev.bide;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bide.testing.LogSettings;
import dev.bide.testing.PostgresExtension;
import io.dropwizard.testing.ConfigOverride;
import io.dropwizard.testing.DropwizardTestSupport;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A node without the role api. */
class WorkerIT {
    @RegisterExtension
    static final PostgresExtension POSTGRES = PostgresExtension.unmigrated();

    private static DropwizardTestSupport<BideConfiguration> service;

    @BeforeAll
    static void start() throws Exception {
        service = new DropwizardTestSupport<>(
                BideApplication.class,
                (String) null,
                ConfigOverride.config("roles", "worker"),
                ConfigOverride.config("database.url", POSTGRES.jdbcUrl()),
                ConfigOverride.config("server.applicationConnectors[0].port", "0"),
                ConfigOverride.config("server.adminConnectors[0].port", "0"));
        service.before();
    }

    @AfterAll
    static void stop() {
        service.after();
        LogSettings.restore();
    }

    @Test
    void answersProbesAsEveryNodeDoes() throws Exception {
        HttpResponse<String> health = get("/v1/health");

        assertThat(health.statusCode()).isEqualTo(200);
        assertThat(health.body()).contains("\"status\":\"UP\"", "\"roles\":\"worker\"");
    }

    @Test
    void servesNothingElseOfTheContract() throws Exception {
        HttpResponse<String> timers = get("/v1/timers");

        assertThat(timers.statusCode()).isEqualTo(404);
        assertThat(timers.headers().firstValue("Content-Type")).contains("application/problem+json");
    }

    private static HttpResponse<String> get(String path) throws Exception {
        URI address = URI.create("http://127.0.0.1:" + service.getLocalPort() + path);
        return HttpClient.newHttpClient()
                .send(HttpRequest.newBuilder(address).build(), HttpResponse.BodyHandlers.ofString());
    }
}
