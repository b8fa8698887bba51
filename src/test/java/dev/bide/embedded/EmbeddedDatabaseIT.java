package dev.bide.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Kills services and servers, which start again within a second or two: cheap enough for every build. */
class EmbeddedDatabaseIT {
    private static Path directory;

    private final List<Process> services = new ArrayList<>();
    private String url;

    @BeforeAll
    static void create() throws IOException {
        directory = Files.createTempDirectory("bide-embedded");
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    @BeforeEach
    void oneRow() throws Exception {
        try (EmbeddedDatabase database = EmbeddedDatabase.start(directory)) {
            url = database.jdbcUrl();
            execute("DROP TABLE IF EXISTS kept");
            execute("CREATE TABLE kept (value integer)");
            execute("INSERT INTO kept VALUES (1)");
        }
    }

    @AfterEach
    void endServices() {
        services.forEach(Process::destroyForcibly);
    }

    @AfterAll
    static void delete() throws IOException {
        EmbeddedDatabase.start(directory).close();
        PostgresBinaries.delete(directory);
    }

    @Test
    void keeps_data_and_port_across_stop_and_start() throws Exception {
        try (EmbeddedDatabase database = EmbeddedDatabase.start(directory)) {
            assertThat(database.jdbcUrl()).isEqualTo(url);
            assertThat(rows()).isEqualTo(1);
        }
        assertThatThrownBy(this::rows).isInstanceOf(SQLException.class);
    }

    @Test
    void is_durable_and_lets_nobody_in_as_superuser() throws Exception {
        try (EmbeddedDatabase database = EmbeddedDatabase.start(directory)) {
            for (String setting : List.of("fsync", "full_page_writes", "synchronous_commit", "data_checksums")) {
                assertThat(text("SHOW " + setting)).as(setting).isEqualTo("on");
            }
            assertThat(text("SELECT rolsuper FROM pg_roles WHERE rolname = current_user"))
                    .isEqualTo("f");
            assertThat(text("SHOW listen_addresses")).isEqualTo("127.0.0.1");
            assertThatThrownBy(
                            () -> DriverManager.getConnection(database.jdbcUrl().replace("user=bide", "user=postgres")))
                    .hasMessageContaining("no pg_hba.conf entry");
        }
    }

    @Test
    void refuses_to_go_on_without_fsync() throws Exception {
        Path settings = directory.resolve("postgresql-18/postgresql.conf");
        String before = Files.readString(settings);
        Files.writeString(settings, before + "\nfsync = off\n");
        try {
            assertThatThrownBy(() -> EmbeddedDatabase.start(directory))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("fsync=off");
            assertThat(Postmaster.read(directory.resolve("postgresql-18"))).isEmpty();
        } finally {
            Files.writeString(settings, before);
        }
    }

    @Test
    void starts_the_server_again_when_it_is_killed_under_us() throws Exception {
        try (EmbeddedDatabase database = EmbeddedDatabase.start(directory)) {
            long killed = database.processId();
            kill(List.of(killed));
            await().atMost(Duration.ofMinutes(1)).until(() -> database.processId() != killed);
            assertThat(rows()).isEqualTo(1);
            assertThat(database.jdbcUrl()).isEqualTo(url);
        }
    }

    @Test
    void takes_over_the_server_of_a_killed_service() throws Exception {
        Process service = startService();
        long server = processIdSaidBy(service);
        service.destroyForcibly().waitFor();
        try (EmbeddedDatabase database = EmbeddedDatabase.start(directory)) {
            assertThat(database.processId()).isEqualTo(server);
            assertThat(rows()).isEqualTo(1);
        }
        assertThatThrownBy(this::rows).isInstanceOf(SQLException.class);
    }

    @Test
    void starts_after_service_and_server_were_killed() throws Exception {
        Process service = startService();
        processIdSaidBy(service);
        execute("INSERT INTO kept VALUES (2)");
        service.destroyForcibly().waitFor();
        killServer();
        assertThat(Postmaster.read(directory.resolve("postgresql-18"))).isPresent();
        try (EmbeddedDatabase database = EmbeddedDatabase.start(directory)) {
            assertThat(rows()).isEqualTo(2);
        }
    }

    @Test
    void starts_where_the_stale_process_id_belongs_to_somebody_else() throws Exception {
        Process service = startService();
        processIdSaidBy(service);
        service.destroyForcibly().waitFor();
        killServer();
        Path file = Postmaster.file(directory.resolve("postgresql-18"));
        List<String> lines = new ArrayList<>(Files.readAllLines(file));
        lines.set(0, Long.toString(ProcessHandle.current().pid()));
        Files.write(file, lines);
        try (EmbeddedDatabase database = EmbeddedDatabase.start(directory)) {
            assertThat(database.processId())
                    .isNotEqualTo(ProcessHandle.current().pid());
            assertThat(rows()).isEqualTo(1);
        }
    }

    @Test
    void services_on_one_directory_share_the_server_and_the_last_to_leave_stops_it() throws Exception {
        Process service = startService();
        long server = processIdSaidBy(service);
        EmbeddedDatabase database = EmbeddedDatabase.start(directory);
        assertThat(database.processId()).isEqualTo(server);
        database.close();
        assertThat(rows()).isEqualTo(1);
        service.getOutputStream().close();
        assertThat(service.waitFor()).isZero();
        assertThatThrownBy(this::rows).isInstanceOf(SQLException.class);
    }

    @Test
    void services_that_start_together_start_one_server() throws Exception {
        List<Process> several = List.of(startService(), startService(), startService());
        List<Long> servers = new ArrayList<>();
        for (Process service : several) {
            servers.add(processIdSaidBy(service));
        }
        assertThat(servers).containsOnly(servers.get(0));
        for (Process service : several) {
            service.getOutputStream().close();
            assertThat(service.waitFor()).isZero();
        }
    }

    @Test
    void moves_to_another_port_where_its_own_is_taken() throws Exception {
        int port = PostgresSettings.read(directory.resolve("postgresql-18")).port();
        try (ServerSocket other = new ServerSocket(port, 1, InetAddress.getByName("127.0.0.1"));
                EmbeddedDatabase database = EmbeddedDatabase.start(directory)) {
            assertThat(other.isBound()).isTrue();
            assertThat(database.jdbcUrl()).isNotEqualTo(url);
            url = database.jdbcUrl();
            assertThat(rows()).isEqualTo(1);
        }
    }

    @Test
    void comes_back_on_its_port_each_time_it_is_killed() throws Exception {
        try (EmbeddedDatabase database = EmbeddedDatabase.start(directory)) {
            for (int i = 0; i < 3; i++) {
                long killed = database.processId();
                kill(List.of(killed));
                await().atMost(Duration.ofMinutes(1)).until(() -> database.processId() != killed);
                assertThat(database.jdbcUrl()).isEqualTo(url);
                assertThat(rows()).isEqualTo(1);
            }
        }
    }

    @Test
    void deletes_the_programs_of_other_versions_once_nobody_uses_them() throws Exception {
        Path old = Files.createDirectories(directory.resolve("programs-0ld/bin"));
        Files.createFile(old.resolve("postgres"));
        Process service = startService();
        processIdSaidBy(service);
        assertThat(old.getParent()).doesNotExist();
        Files.createDirectories(old);
        try (EmbeddedDatabase database = EmbeddedDatabase.start(directory)) {
            assertThat(old).as("another service may be the one that uses them").exists();
            assertThat(database.processId()).isPositive();
        }
        service.getOutputStream().close();
        assertThat(service.waitFor()).isZero();
        EmbeddedDatabase.start(directory).close();
        assertThat(old.getParent()).doesNotExist();
    }

    @Test
    void a_stop_while_it_starts_ends_what_was_begun() throws Exception {
        Path fresh = Files.createDirectory(
                directory.resolve("stopped"),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwxr-xr-x")));
        Process service = startService(fresh);
        await().atMost(Duration.ofMinutes(1)).until(() -> Files.exists(fresh.resolve("postgresql-18.new")));
        service.destroy();
        assertThat(service.waitFor()).isEqualTo(143);
        assertThat(fresh.resolve("postgresql-18/postmaster.pid")).doesNotExist();
        assertThat(ProcessHandle.allProcesses()
                        .filter(process ->
                                process.info().commandLine().orElse("").contains(fresh.toString())))
                .isEmpty();
    }

    @Test
    void a_half_made_database_is_made_anew() throws Exception {
        Path fresh = Files.createDirectory(
                directory.resolve("fresh"),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwxr-xr-x")));
        Files.createDirectories(fresh.resolve("postgresql-18.new/base"));
        Files.createDirectories(fresh.resolve("programs.new/bin"));
        try (EmbeddedDatabase database = EmbeddedDatabase.start(fresh)) {
            url = database.jdbcUrl();
            assertThat(text("SELECT current_database()")).isEqualTo("bide");
        }
    }

    private Process startService() throws IOException {
        return startService(directory);
    }

    private Process startService(Path directory) throws IOException {
        Process service = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        EmbeddedDatabaseProgram.class.getName(),
                        directory.toString())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        services.add(service);
        return service;
    }

    private static long processIdSaidBy(Process service) throws IOException {
        var reader = service.inputReader();
        for (String line = reader.readLine(); line != null; line = reader.readLine()) {
            if (line.startsWith("ready ")) {
                return Long.parseLong(line.split(" ")[1]);
            }
        }
        throw new AssertionError("the service did not start");
    }

    private static void killServer() throws IOException {
        Path cluster = directory.resolve("postgresql-18");
        ServerAccount account = ServerAccount.choose(directory, cluster);
        PostgresCluster server =
                new PostgresCluster(cluster, new PostgresBinaries(directory), account, new StopSignal());
        kill(server.processes());
        await().until(() -> server.processes().isEmpty());
    }

    private static void kill(List<Long> processes) {
        assertThat(processes).isNotEmpty();
        processes.forEach(pid -> ProcessHandle.of(pid).ifPresent(ProcessHandle::destroyForcibly));
    }

    private int rows() throws SQLException {
        return Integer.parseInt(text("SELECT count(*) FROM kept"));
    }

    private String text(String query) throws SQLException {
        try (Connection connection = DriverManager.getConnection(url);
                Statement statement = connection.createStatement();
                ResultSet result = statement.executeQuery(query)) {
            result.next();
            return result.getString(1);
        }
    }

    private void execute(String sql) throws SQLException {
        try (Connection connection = DriverManager.getConnection(url);
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }
}
