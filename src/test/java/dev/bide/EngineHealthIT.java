package dev.bide;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bide.testing.PostgresExtension;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Duration;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A worker that does not do its work says so, though its database answers. */
class EngineHealthIT {
    /** 15 s, and what machines that are busy with other tests take besides. */
    private static final Duration SOON = Duration.ofSeconds(25);

    @RegisterExtension
    static final ServiceExtension SERVICE = new ServiceExtension(new PostgresExtension());

    @Test
    void a_worker_that_cannot_check_in_is_not_ready() throws Exception {
        Awaitility.await().atMost(SOON).until(() -> ready() && up());
        try (Connection holder = SERVICE.postgres().dataSource().getConnection();
                Statement statement = holder.createStatement()) {
            holder.setAutoCommit(false);
            statement.execute("LOCK TABLE qrtz_scheduler_state IN ACCESS EXCLUSIVE MODE");
            Awaitility.await().atMost(SOON).until(() -> !ready());
            assertThat(SERVICE.admin("/healthcheck").body())
                    .contains("\"database\":{\"healthy\":true", "\"engine\":{\"healthy\":false");
            assertThat(up()).isFalse();
            assertThat(SERVICE.admin("/alive").statusCode())
                    .as("a restart would not help against what lasts for seconds")
                    .isEqualTo(200);
            holder.rollback();
        }
        Awaitility.await().atMost(SOON).until(() -> ready() && up());
    }

    private static boolean ready() throws Exception {
        return SERVICE.admin("/healthcheck").statusCode() == 200;
    }

    private static boolean up() throws Exception {
        return SERVICE.get("/v1/health").statusCode() == 200;
    }
}
