package dev.bide;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bide.testing.PostgresExtension;
import java.net.http.HttpResponse;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The service in this process, on an empty database. */
class BideApplicationIT {
    @RegisterExtension
    static final ServiceExtension SERVICE = new ServiceExtension(PostgresExtension.unmigrated());

    @Test
    void brings_the_schema_up_to_date() {
        assertThat(SERVICE.postgres().sql().number("SELECT count(*) FROM databasechangelog"))
                .isPositive();
    }

    @Test
    void is_healthy_where_the_database_is() throws Exception {
        HttpResponse<String> answer = SERVICE.admin("/healthcheck");
        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.body()).contains("\"database\":{\"healthy\":true");
        assertThat(answer.body()).contains("\"engine\":{\"healthy\":true");
        assertThat(SERVICE.admin("/ping").body()).isEqualTo("pong\n");
        assertThat(SERVICE.admin("/alive").body()).startsWith("alive");
    }

    @Test
    void shows_its_figures_to_prometheus() throws Exception {
        HttpResponse<String> answer = SERVICE.admin("/metrics");
        assertThat(answer.headers().firstValue("Content-Type").orElse("")).startsWith("text/plain");
        assertThat(answer.body())
                .contains(
                        "bide_attempts_total{outcome=\"delivered\"} 0.0",
                        "bide_calls_in_flight 0.0",
                        "bide_lateness_seconds_bucket{le=\"10.0\"} 0",
                        "bide_timers{status=\"scheduled\"} 0.0",
                        "bide_backlog_timers 0.0",
                        "bide_recovered_total 0.0",
                        "bide_lease_held ",
                        "bide_check_in_age_seconds ",
                        "bide_take_age_seconds ",
                        "bide_oldest_completion_seconds ",
                        "bide_clock_offset_seconds ",
                        "bide_database_connections{share=\"reads\"} 4.0",
                        "bide_database_connections{share=\"changes\"} 4.0",
                        "bide_database_connections{share=\"accepting\"} 4.0",
                        "bide_database_connections{share=\"jobs\"} ",
                        "bide_database_connections{share=\"check_ins\"} ",
                        "bide_database_connections{share=\"upkeep\"} 3.0");
    }
}
