package dev.bide;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bide.testing.PostgresExtension;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jdbi.v3.core.Jdbi;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

class RetentionCommandIT {
    @RegisterExtension
    static final PostgresExtension POSTGRES = new PostgresExtension();

    @TempDir
    Path directory;

    @Test
    void changes_what_is_kept_where_it_is_told_to() throws Exception {
        Path file = directory.resolve("own.yml");
        Files.writeString(file, "database:\n  url: \"" + POSTGRES.jdbcUrl() + "\"\nengine:\n  retention: 5d\n");
        run("retention", file.toString());
        assertThat(kept()).isEmpty();
        run("retention", "--days", "90", file.toString());
        assertThat(kept()).containsExactly(90);
        run("retention", file.toString());
        assertThat(kept()).containsExactly(90);
    }

    private static void run(String... arguments) throws Exception {
        new BideApplication().run(arguments);
    }

    private static List<Integer> kept() {
        return Jdbi.create(POSTGRES.dataSource())
                .withHandle(handle -> handle.createQuery("SELECT days FROM history_retention")
                        .mapTo(Integer.class)
                        .list());
    }
}
