package dev.bide.loadtest;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;

/** What Linux says of processes in {@code /proc}; see proc_pid_stat(5). */
final class ProcessFigures {
    /** Linux counts a process's time in hundredths of a second wherever Java runs. */
    private static final long TICK_MILLIS = 10;

    private static final Path PROC = Path.of("/proc");

    private ProcessFigures() {}

    /** Time on the processor, of a process that runs, in milliseconds. */
    static long cpuMillis(long pid) {
        return ticks(stat(pid), 11, 12) * TICK_MILLIS;
    }

    /** Likewise, with that of its children, those that ended included. */
    static long familyCpuMillis(long parent) {
        long ticks = ticks(stat(parent), 11, 12, 13, 14);
        try (DirectoryStream<Path> processes = Files.newDirectoryStream(PROC, "[0-9]*")) {
            for (Path process : processes) {
                ticks += childTicks(process, parent);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return ticks * TICK_MILLIS;
    }

    private static long childTicks(Path process, long parent) {
        try {
            String[] stat = stat(Long.parseLong(process.getFileName().toString()));
            return Long.parseLong(stat[1]) == parent ? ticks(stat, 11, 12, 13, 14) : 0;
        } catch (UncheckedIOException e) {
            return 0; // ended meanwhile
        }
    }

    static long parent(long pid) {
        return Long.parseLong(stat(pid)[1]);
    }

    /** Memory it occupies, in bytes. */
    static long residentBytes(long pid) {
        return Long.parseLong(stat(pid)[21]) * 4096;
    }

    private static long ticks(String[] stat, int... fields) {
        long sum = 0;
        for (int field : fields) {
            sum += Long.parseLong(stat[field]);
        }
        return sum;
    }

    /** From the third field on, the state: the second is a name in brackets that may hold anything. */
    private static String[] stat(long pid) {
        try {
            String stat = Files.readString(PROC.resolve(pid + "/stat"));
            return stat.substring(stat.lastIndexOf(')') + 2).split(" ");
        } catch (IOException e) {
            throw new UncheckedIOException("process " + pid + " is gone", e);
        }
    }
}
