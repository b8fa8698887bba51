package dev.bide.embedded;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * What a running PostgreSQL says of itself in {@code postmaster.pid}: lines 1, 4 and 8 of the file, see PostgreSQL's {@code miscadmin.h}.
 *
 * @param pid may by now be the id of quite another process: the file stays behind when PostgreSQL is killed
 * @param status starting, stopping, ready, standby
 */
record Postmaster(long pid, int port, String status) {
    static Path file(Path cluster) {
        return cluster.resolve("postmaster.pid");
    }

    /** Whether a server runs, ready or not. Not to be asked of a file that may be left of one that was killed. */
    static boolean runs(Path cluster) throws IOException {
        try {
            return Files.readAllLines(file(cluster)).stream()
                    .findFirst()
                    .filter(line -> alive(Long.parseLong(line.strip())))
                    .isPresent();
        } catch (NoSuchFileException | NumberFormatException e) {
            return false;
        }
    }

    /** Empty if there is no file, or one that is not written to its end. */
    static Optional<Postmaster> read(Path cluster) throws IOException {
        try {
            List<String> lines = Files.readAllLines(file(cluster));
            if (lines.size() < 8) {
                return Optional.empty();
            }
            return Optional.of(new Postmaster(
                    Long.parseLong(lines.get(0).strip()),
                    Integer.parseInt(lines.get(3).strip()),
                    lines.get(7).strip()));
        } catch (NoSuchFileException | NumberFormatException e) {
            return Optional.empty();
        }
    }

    boolean ready() {
        return status.equals("ready");
    }

    /** Whether the process is there and is no zombie; a container's first process may leave those unburied. */
    boolean alive() {
        return alive(pid);
    }

    private static boolean alive(long pid) {
        return ProcessHandle.of(pid).filter(ProcessHandle::isAlive).isPresent() && !zombie(pid);
    }

    private static boolean zombie(long pid) {
        try {
            String stat = Files.readString(Path.of("/proc/" + pid + "/stat"));
            return stat.startsWith(" Z", stat.lastIndexOf(')') + 1);
        } catch (IOException e) {
            return false; // no /proc, or gone meanwhile
        }
    }
}
