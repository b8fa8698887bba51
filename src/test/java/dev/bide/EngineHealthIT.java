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
import java.sql.Connection;
import java.sql.Statement;
import java.time.Duration;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A worker that does not do its work says so, though its database answers. */
class EngineHealthIT {
    /** 15 s, and what machines that are busy with other tests take besides. */
    private static final Duration SOON = Duration.ofSeconds(25);

    @RegisterExtension
    static final PostgresExtension POSTGRES = new PostgresExtension();

    private static DropwizardTestSupport<BideConfiguration> service;

    @BeforeAll
    static void start() throws Exception {
        service = new DropwizardTestSupport<>(
                BideApplication.class,
                (String) null,
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
    void aWorkerThatCannotCheckInIsNotReady() throws Exception {
        Awaitility.await().atMost(SOON).until(() -> ready() && up());
        try (Connection holder = POSTGRES.dataSource().getConnection();
                Statement statement = holder.createStatement()) {
            holder.setAutoCommit(false);
            statement.execute("LOCK TABLE qrtz_scheduler_state IN ACCESS EXCLUSIVE MODE");
            Awaitility.await().atMost(SOON).until(() -> !ready());
            assertThat(admin("/healthcheck").body())
                    .contains("\"database\":{\"healthy\":true", "\"engine\":{\"healthy\":false");
            assertThat(up()).isFalse();
            assertThat(admin("/alive").statusCode())
                    .as("a restart would not help against what lasts for seconds")
                    .isEqualTo(200);
            holder.rollback();
        }
        Awaitility.await().atMost(SOON).until(() -> ready() && up());
    }

    private static boolean ready() throws Exception {
        return admin("/healthcheck").statusCode() == 200;
    }

    private static boolean up() throws Exception {
        return get(service.getLocalPort(), "/v1/health").statusCode() == 200;
    }

    private static HttpResponse<String> admin(String path) throws Exception {
        return get(service.getAdminPort(), path);
    }

    private static HttpResponse<String> get(int port, String path) throws Exception {
        return HttpClient.newHttpClient()
                .send(
                        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                                .build(),
                        HttpResponse.BodyHandlers.ofString());
    }
}
