package dev.bide.jobstore.benchmark;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.apache.tomcat.jdbc.pool.PoolProperties;

/** An embedded PostgreSQL that keeps what it is told (fsync on), and counts what it does. */
final class Database implements AutoCloseable {
    private final Path directory;
    private final EmbeddedPostgres postgres;

    Database() throws IOException {
        directory = Files.createTempDirectory("bide-benchmark");
        postgres = EmbeddedPostgres.builder()
                .setDataDirectory(directory.resolve("data"))
                .setPGStartupWait(java.time.Duration.ofSeconds(60))
                .setServerConfig("fsync", "on")
                .setServerConfig("synchronous_commit", "on")
                .setServerConfig("full_page_writes", "on")
                .setServerConfig("shared_buffers", "1GB")
                .setServerConfig("max_wal_size", "8GB")
                .setServerConfig("max_connections", "300")
                .setServerConfig("autovacuum_naptime", "5s")
                .setServerConfig("shared_preload_libraries", "pg_stat_statements")
                .setServerConfig("pg_stat_statements.track", "top")
                .start();
    }

    /** A fresh database. Connections to it are pooled. */
    DataSource create(String name) throws SQLException {
        // The locale of the database that Bide makes for itself: keys are compared byte by byte, whatever the machine's
        // locale.
        execute(
                "postgres",
                "CREATE DATABASE " + name
                        + " TEMPLATE template0 LOCALE 'C' LOCALE_PROVIDER builtin BUILTIN_LOCALE 'C.UTF-8'");
        execute(name, "CREATE EXTENSION IF NOT EXISTS pg_stat_statements");
        PoolProperties pool = new PoolProperties();
        pool.setUrl(url(name));
        pool.setDriverClassName("org.postgresql.Driver");
        pool.setMaxActive(60);
        pool.setMaxIdle(60);
        pool.setMinIdle(0);
        pool.setInitialSize(0);
        return new org.apache.tomcat.jdbc.pool.DataSource(pool);
    }

    String url(String name) {
        return "jdbc:postgresql://localhost:" + postgres.getPort() + "/" + name + "?user=postgres";
    }

    String setting(String name) throws SQLException {
        return query("SHOW " + name);
    }

    long walBytes() throws SQLException {
        return Long.parseLong(query("SELECT pg_wal_lsn_diff(pg_current_wal_insert_lsn(), '0/0')::bigint"));
    }

    /** Of one database; transaction control and the questions of this class are not counted. */
    long statements(String database) throws SQLException {
        return Long.parseLong(query("SELECT COALESCE(sum(calls), 0)::bigint FROM pg_stat_statements s"
                + " JOIN pg_database d ON d.oid = s.dbid WHERE d.datname = '" + database
                + "' AND query !~* '^(begin|commit|rollback|set )'"));
    }

    void checkpoint() throws SQLException {
        execute("postgres", "CHECKPOINT");
    }

    /** CPU time of all processes of the server so far, in ms, including those that have ended. */
    long cpuMillis() throws IOException {
        long pid = Long.parseLong(Files.readAllLines(directory.resolve("data/postmaster.pid"))
                .get(0)
                .trim());
        long ticks = 0;
        try (Stream<Path> processes = Files.list(Path.of("/proc"))) {
            for (Path process : (Iterable<Path>)
                    processes.filter(p -> p.getFileName().toString().matches("\\d+"))::iterator) {
                try {
                    String line = Files.readString(process.resolve("stat"));
                    List<String> fields =
                            List.of(line.substring(line.lastIndexOf(')') + 2).split(" "));
                    boolean postmaster = process.getFileName().toString().equals(Long.toString(pid));
                    if (postmaster || fields.get(1).equals(Long.toString(pid))) {
                        ticks += Long.parseLong(fields.get(11)) + Long.parseLong(fields.get(12));
                    }
                    if (postmaster) {
                        ticks += Long.parseLong(fields.get(13)) + Long.parseLong(fields.get(14));
                    }
                } catch (IOException e) {
                    continue; // it has ended
                }
            }
        }
        return ticks * 10;
    }

    private String query(String sql) throws SQLException {
        try (Connection connection = DriverManager.getConnection(url("postgres"));
                Statement statement = connection.createStatement()) {
            if (sql.contains("pg_stat_statements")) {
                statement.execute("CREATE EXTENSION IF NOT EXISTS pg_stat_statements");
            }
            try (ResultSet row = statement.executeQuery(sql)) {
                row.next();
                return row.getString(1);
            }
        }
    }

    private void execute(String database, String sql) throws SQLException {
        try (Connection connection = DriverManager.getConnection(url(database));
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    @Override
    public void close() throws IOException {
        postgres.close();
        try (Stream<Path> files = Files.walk(directory)) {
            files.sorted(java.util.Comparator.reverseOrder())
                    .forEach(file -> file.toFile().delete());
        }
    }
}
