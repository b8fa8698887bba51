package dev.bide.testing;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.ZoneId;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class PostgresExtensionIT {
    @RegisterExtension
    static final PostgresExtension POSTGRES = new PostgresExtension();

    @RegisterExtension
    static final PostgresExtension EMPTY = PostgresExtension.unmigrated();

    @Test
    void gives_a_migrated_database_whose_zone_is_not_the_jvms() {
        assertThat(POSTGRES.sql().text("SELECT count(*) FROM qrtz_triggers")).isEqualTo("0");
        assertThat(POSTGRES.sql().text("SHOW TIME ZONE"))
                .isNotEqualTo(ZoneId.systemDefault().getId());
        assertThat(POSTGRES.sql().text("SHOW server_version")).startsWith("18.");
    }

    @Test
    void migrates_an_empty_database_and_does_so_twice() {
        assertThat(EMPTY.sql().text("SELECT to_regclass('qrtz_triggers')")).isNull();
        EMPTY.migrate();
        EMPTY.migrate();
        assertThat(EMPTY.sql().text("SELECT to_regclass('qrtz_triggers')")).isEqualTo("qrtz_triggers");
    }
}
