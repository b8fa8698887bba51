package dev.bide.testing;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.ZoneId;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class PostgresExtensionIT {
    @RegisterExtension
    static final PostgresExtension POSTGRES = new PostgresExtension();

    @RegisterExtension
    static final PostgresExtension EMPTY = PostgresExtension.unmigrated();

    @Test
    void gives_a_migrated_database_whose_zone_is_not_the_jvms() throws SQLException {
        assertThat(query(POSTGRES.dataSource(), "SELECT count(*) FROM qrtz_triggers"))
                .isEqualTo("0");
        assertThat(query(POSTGRES.dataSource(), "SHOW TIME ZONE"))
                .isNotEqualTo(ZoneId.systemDefault().getId());
        assertThat(query(POSTGRES.dataSource(), "SHOW server_version")).startsWith("18.");
    }

    @Test
    void migrates_an_empty_database_and_does_so_twice() throws SQLException {
        assertThat(query(EMPTY.dataSource(), "SELECT to_regclass('qrtz_triggers')"))
                .isNull();
        EMPTY.migrate();
        EMPTY.migrate();
        assertThat(query(EMPTY.dataSource(), "SELECT to_regclass('qrtz_triggers')"))
                .isEqualTo("qrtz_triggers");
    }

    private static String query(DataSource dataSource, String sql) throws SQLException {
        try (Connection connection = dataSource.getConnection();
                Statement statement = connection.createStatement();
                ResultSet result = statement.executeQuery(sql)) {
            result.next();
            return result.getString(1);
        }
    }
}
