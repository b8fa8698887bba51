package dev.bide.embedded;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One PostgreSQL data directory and the server on it. Callers hold {@link DirectoryLock} for change.
 *
 * @param directory what PostgreSQL calls its data directory; it exists only once it is complete
 * @param stopping ends every wait but that for the server's end, with an InterruptedIOException
 */
record PostgresCluster(Path directory, PostgresBinaries binaries, ServerAccount account, StopSignal stopping) {
    private static final Logger LOG = LoggerFactory.getLogger(PostgresCluster.class);
    private static final int ATTEMPTS = 5;

    static final String DATABASE = "bide";
    /** Owns the database, is no superuser. */
    static final String ROLE = "bide";

    /** Host connections of the role, from this machine only; the superuser can't log in at all. */
    private static final String HOST_BASED_AUTHENTICATION = "host all " + ROLE + " 127.0.0.1/32 trust\n";

    private static final String FIRST_STATEMENTS = """
            CREATE ROLE bide LOGIN CREATEDB IN ROLE pg_monitor, pg_checkpoint, pg_signal_backend;
            CREATE DATABASE bide OWNER bide;
            """;

    /** Makes the data directory, unless it is there. Whatever kills us meanwhile, a half-made one is never taken for a whole one. */
    void create() throws IOException {
        if (Files.exists(directory)) {
            checkVersion();
            return;
        }
        LOG.info("Creating the database in {}", directory);
        Path unfinished = directory.resolveSibling(directory.getFileName() + ".new");
        PostgresBinaries.delete(unfinished);
        Files.createDirectory(unfinished);
        Files.setPosixFilePermissions(unfinished, PosixFilePermissions.fromString("rwx------"));
        account.own(unfinished);
        List<String> initdb = new ArrayList<>(binaries.program("initdb"));
        initdb.addAll(List.of("--pgdata=" + unfinished, "--username=postgres", "--auth=trust", "--encoding=UTF8"));
        // Sorts by code point, whatever the machine's locales are and become.
        initdb.addAll(List.of("--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"));
        // At the demand's load a segment of the default 16 MB lasts a third of a second.
        initdb.addAll(List.of("--wal-segsize=64", "--no-instructions"));
        run(initdb, "").orThrow("initdb");
        write(unfinished.resolve("pg_hba.conf"), HOST_BASED_AUTHENTICATION);
        Files.writeString(
                unfinished.resolve("postgresql.conf"),
                "\ninclude '" + PostgresSettings.FILE + "' # written at each start; what follows here wins\n",
                StandardOpenOption.APPEND);
        PostgresSettings.of(PostgresSettings.FIRST_PORT).write(unfinished, account);
        List<String> single = new ArrayList<>(binaries.program("postgres"));
        single.addAll(List.of("--single", "-j", "-D", unfinished.toString(), "postgres"));
        run(single, FIRST_STATEMENTS.replace(";\n", ";\n\n")).orThrow("creating the database");
        Files.move(unfinished, directory, StandardCopyOption.ATOMIC_MOVE);
        try (FileChannel parent = FileChannel.open(directory.resolveSibling("."))) {
            parent.force(true);
        }
    }

    private void checkVersion() throws IOException {
        String version = Files.readString(directory.resolve("PG_VERSION")).strip();
        if (!version.equals(PostgresBinaries.MAJOR)) {
            throw new IOException(directory + " was made by PostgreSQL " + version + ", this is "
                    + PostgresBinaries.MAJOR + ": use pg_upgrade, or set DATABASE_URL");
        }
    }

    /** The server on this directory, ready: one that runs already (its service was killed), or a new one, on another port where its own is taken. */
    Postmaster ensureRunning() throws IOException {
        return ensureRunning(true);
    }

    /**
     * The same.
     *
     * @param mayMove whether it may move to another port
     * @throws IOException it can't be started, or its port is taken and it may not move
     */
    Postmaster ensureRunning(boolean mayMove) throws IOException {
        for (int attempt = 1; ; attempt++) {
            Optional<Postmaster> ready = awaitRunning();
            if (ready.isPresent()) {
                return ready.get();
            }
            endLeftovers();
            Files.deleteIfExists(Postmaster.file(directory));
            PostgresSettings before = PostgresSettings.read(directory);
            PostgresSettings settings = mayMove ? before.withFreePort() : before.onFreePort();
            settings.write(directory, account);
            Command.Result started = start();
            stopping.check();
            if (!started.succeeded() && attempt == ATTEMPTS) {
                throw new IOException(
                        "PostgreSQL does not start: " + started.output().strip() + "\n" + lastLines());
            }
        }
    }

    /** Empty where none runs. Waits for one that is starting or stopping. */
    private Optional<Postmaster> awaitRunning() throws IOException {
        for (int round = 0; ; round++) {
            Optional<Postmaster> found = Postmaster.read(directory);
            if (found.isEmpty() || !found.get().alive() || (round == 0 && !isOurs(found.get()))) {
                return Optional.empty();
            }
            if (found.get().ready()) {
                return found;
            }
            if (round % 100 == 0) {
                LOG.info(
                        "The database server (process {}) is {}; waiting",
                        found.get().pid(),
                        found.get().status());
            }
            stopping.pause();
        }
    }

    /** A process id may have been given to another process since; PostgreSQL's processes work in their data directory. */
    private boolean isOurs(Postmaster postmaster) throws IOException {
        return processes().contains(postmaster.pid());
    }

    /**
     * All processes of this cluster, that is, those whose working directory it is; also children of a server that was killed, which end by themselves once they
     * notice.
     */
    List<Long> processes() throws IOException {
        if (!Files.exists(Path.of("/proc/self/cwd"))) {
            return Postmaster.read(directory)
                    .filter(postmaster -> ProcessHandle.of(postmaster.pid())
                            .flatMap(process -> process.info().command())
                            .filter(command -> command.endsWith("/postgres"))
                            .isPresent())
                    .stream()
                    .map(Postmaster::pid)
                    .toList();
        }
        List<String> list = List.of(
                "sh",
                "-c",
                "for p in /proc/[0-9]*; do [ \"$p/cwd\" -ef \"$1\" ] && echo \"${p#/proc/}\"; done; :",
                "sh",
                directory.toString());
        return Command.run(account.ownView() ? account.as(list) : list)
                .orThrow("listing the processes of " + directory)
                .output()
                .lines()
                .map(Long::valueOf)
                .toList();
    }

    /** Processes of a server that is gone: they may still hold its shared memory, so that a new one would refuse to start. */
    private void endLeftovers() throws IOException {
        for (int round = 0; ; round++) {
            List<Long> leftovers = processes();
            if (leftovers.isEmpty()) {
                return;
            }
            if (round == 0) {
                LOG.info("Waiting for what is left of a killed database server: processes {}", leftovers);
            }
            if (round == 300) {
                LOG.warn("Ending what is left of a killed database server: processes {}", leftovers);
                leftovers.forEach(pid -> ProcessHandle.of(pid).ifPresent(ProcessHandle::destroyForcibly));
            }
            stopping.pause();
        }
    }

    /** Whether a server runs our programs and not those that another jar unpacked; false where that can't be told. */
    boolean runsOurPrograms(Postmaster postmaster) {
        return ProcessHandle.of(postmaster.pid())
                .flatMap(process -> process.info().command())
                .filter(command -> Path.of(command).startsWith(binaries.directory()))
                .isPresent();
    }

    private Command.Result start() throws IOException {
        List<String> start = control("start");
        // It has as long as it needs: after a crash under full load it replays minutes of its log.
        start.addAll(List.of("-w", "-t", "86400", "-l", log().toString()));
        return Command.run(account.as(start), "", round -> {
            tellPatience(round);
            // Never ends pg_ctl: the server it has just begotten would live on. Once that one can be found it is
            // stopped, and
            // pg_ctl ends too.
            if (stopping.given() && Postmaster.runs(directory)) {
                stop();
            }
        });
    }

    private static void tellPatience(int round) {
        if (round % 100 == 0) {
            LOG.info("PostgreSQL is still at it; after a crash it first replays its log");
        }
    }

    /** Ends the server: its clients' transactions are rolled back, and everything is on disk. */
    void stop() throws IOException {
        List<String> fast = control("stop");
        fast.addAll(List.of("-m", "fast", "-w", "-t", "60"));
        if (!Command.run(account.as(fast)).succeeded() && Postmaster.runs(directory)) {
            LOG.warn("The database server does not stop; ending it at once. It recovers at the next start");
            List<String> immediate = control("stop");
            immediate.addAll(List.of("-m", "immediate", "-w"));
            Command.run(account.as(immediate)).orThrow("stopping PostgreSQL");
        }
    }

    private List<String> control(String action) {
        List<String> command = new ArrayList<>(binaries.program("pg_ctl"));
        command.addAll(List.of(action, "-D", directory.toString(), "-s"));
        return command;
    }

    private Path log() {
        return directory.resolve("start.log");
    }

    private String lastLines() throws IOException {
        if (!Files.exists(log())) {
            return "";
        }
        List<String> lines = Files.readAllLines(log());
        return String.join("\n", lines.subList(Math.max(0, lines.size() - 10), lines.size()));
    }

    private Command.Result run(List<String> command, String standardInput) throws IOException {
        return Command.run(account.as(command), standardInput, round -> {
            stopping.check();
            tellPatience(round);
        });
    }

    private void write(Path file, String text) throws IOException {
        Files.writeString(file, text);
        account.own(file);
    }
}
