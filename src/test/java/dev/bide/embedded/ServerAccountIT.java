package dev.bide.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Root's ways to run a server that refuses root. As an ordinary user there is nothing to choose, and nothing to test. */
class ServerAccountIT {
    private Path directory;

    @BeforeEach
    void create() throws IOException {
        assumeTrue("root".equals(System.getProperty("user.name")));
        directory = Files.createTempDirectory("bide-account");
    }

    @AfterEach
    void delete() throws IOException {
        if (directory != null) {
            PostgresBinaries.delete(directory);
        }
    }

    @Test
    void an_account_that_can_enter_the_directory_gets_the_files() throws IOException {
        enterable("rwxr-xr-x");
        ServerAccount account = ServerAccount.choose(directory, directory.resolve("cluster"));
        assertThat(account.uid()).isNotEqualTo(0);
        Path cluster = Files.createDirectory(directory.resolve("cluster"));
        account.own(cluster);
        assertThat(ServerAccount.choose(directory, cluster)).isEqualTo(account);
    }

    @Test
    void the_owner_of_a_directory_above_comes_first() throws IOException {
        Files.setAttribute(directory, "unix:uid", 1);
        Files.setAttribute(directory, "unix:gid", 1);
        Path below = Files.createDirectory(directory.resolve("data"));
        assertThat(ServerAccount.choose(below, below.resolve("cluster")).uid()).isEqualTo(1);
    }

    @Test
    void a_directory_that_only_root_can_enter_gets_a_server_in_a_user_namespace() throws IOException {
        enterable("rwx------");
        assumeTrue(Command.run(List.of("unshare", "--user", "true")).succeeded());
        Path data = directory.resolve("data");
        try (EmbeddedDatabase database = EmbeddedDatabase.start(data)) {
            assertThat(database.processIds()).contains(database.processId());
            assertThat(Files.getOwner(data.resolve("postgresql-18")).getName()).isEqualTo("root");
        }
        try (EmbeddedDatabase database = EmbeddedDatabase.start(data)) {
            assertThat(database.processIds()).contains(database.processId());
        }
    }

    private void enterable(String permissions) throws IOException {
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString(permissions));
    }
}
