package dev.bide.loadtest.chaos;

import dev.bide.loadtest.DatabaseFigures;
import dev.bide.loadtest.ProcessFigures;
import java.sql.SQLException;
import java.util.Locale;

/** What the first node and the database have used up, in milliseconds of a processor and bytes of write-ahead log, at a moment by {@code System.nanoTime()}. */
record Spent(long at, long nodeCpu, long databaseCpu, long wal) {
    static Spent now(Scene scene, DatabaseFigures database) throws SQLException {
        return new Spent(
                System.nanoTime(),
                ProcessFigures.cpuMillis(scene.cluster().nodes().get(0).pid()),
                database.cpuMillis(),
                database.walBytes());
    }

    /** As JSON: CPU in percent of one core, write-ahead log in bytes a second. */
    String since(Spent before) {
        double seconds = (at - before.at) / 1e9;
        return String.format(
                Locale.ROOT,
                "{\"seconds\":%.0f,\"nodeCpuPercent\":%.1f,\"databaseCpuPercent\":%.1f,\"walBytesPerSecond\":%.0f}",
                seconds,
                (nodeCpu - before.nodeCpu) / seconds / 10,
                (databaseCpu - before.databaseCpu) / seconds / 10,
                (wal - before.wal) / seconds);
    }
}
