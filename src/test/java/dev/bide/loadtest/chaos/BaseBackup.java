package dev.bide.loadtest.chaos;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.stream.Stream;

/**
 * A copy of a server's files, taken while it writes, by PostgreSQL's low level API: what pg_basebackup, pgBackRest and Barman do, without a program that the embedded
 * PostgreSQL lacks. It is of use only with the log that was archived meanwhile.
 */
final class BaseBackup {
    private BaseBackup() {}

    /**
     * Takes it.
     *
     * @param to a directory that is not there yet
     */
    static void take(DatabaseProcess database, Path to) throws IOException, InterruptedException, SQLException {
        try (Connection connection = database.connect();
                Statement statement = connection.createStatement()) {
            statement.execute("SELECT pg_backup_start('base', true)");
            copy(database.data(), to);
            try (ResultSet label = statement.executeQuery("SELECT labelfile FROM pg_backup_stop(true)")) {
                label.next();
                Files.writeString(to.resolve("backup_label"), label.getString(1));
            }
        }
        Files.deleteIfExists(to.resolve("postmaster.pid"));
        try (Stream<Path> log = Files.list(to.resolve("pg_wal"))) {
            for (Path file : log.filter(Files::isRegularFile).toList()) {
                Files.delete(file);
            }
        }
    }

    private static void copy(Path from, Path to) throws IOException, InterruptedException {
        Process copy = new ProcessBuilder(List.of("cp", "-a", from.toString(), to.toString()))
                .redirectErrorStream(true)
                .start();
        String said = new String(copy.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        // Files come and go meanwhile: the log makes up for that.
        if (copy.waitFor() != 0
                && !said.lines().allMatch(line -> line.contains("No such file") || line.contains("vanished"))) {
            throw new IOException("cp: " + said.strip());
        }
    }
}
