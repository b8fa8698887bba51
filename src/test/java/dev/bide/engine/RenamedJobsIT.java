package dev.bide.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bide.testing.PostgresExtension;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Quartz keeps the names of the jobs' classes; a version that calls them otherwise puts its own in their place. */
class RenamedJobsIT {
    @RegisterExtension
    static final PostgresExtension POSTGRES = new PostgresExtension();

    @Test
    void the_jobs_of_a_version_that_named_them_otherwise_are_stored_anew() throws Exception {
        node();
        List<String> names = names();
        // Of timers one, and the six of the upkeep.
        assertThat(names).hasSize(7);
        try (var connection = POSTGRES.dataSource().getConnection();
                var statement = connection.createStatement()) {
            statement.executeUpdate("UPDATE qrtz_job_details SET job_class_name = 'dev.bide.before.' || job_name");
        }
        node();
        assertThat(names()).isEqualTo(names);
    }

    private static void node() throws Exception {
        EngineNode.on(POSTGRES.dataSource()).scheduler().start().close();
    }

    private static List<String> names() throws SQLException {
        try (var connection = POSTGRES.dataSource().getConnection();
                var statement = connection.createStatement();
                var rows = statement.executeQuery("SELECT job_class_name FROM qrtz_job_details ORDER BY job_name")) {
            List<String> names = new ArrayList<>();
            while (rows.next()) {
                names.add(rows.getString(1));
            }
            return names;
        }
    }
}
