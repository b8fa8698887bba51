package dev.bide.loadtest.chaos;

import dev.bide.loadtest.Launch;
import dev.bide.loadtest.patroni.Account;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** One run of {@code loadtest/restore.sh}, which says what it does. */
public final class Restore {
    private static final String ARCHIVE = """
            archive_mode = on
            archive_timeout = 3s
            archive_command = 'test ! -f %1$s/%%f && cp %%p %1$s/%%f'
            """;

    private static final String RECOVERY = """
            restore_command = 'cp %s/%%f %%p'
            recovery_target_time = '%s'
            recovery_target_action = promote
            """;

    /** PostgreSQL reads its settings before it knows the names of zones, among them ISO 8601's Z. */
    private static final DateTimeFormatter SETTING =
            DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm:ss.SSSSSSxxx", Locale.ROOT);

    private static final String OPEN =
            "SELECT (SELECT count(*) FROM timer WHERE status <> 'paused') + (SELECT count(*) FROM run WHERE status <> 'paused')";

    private Restore() {}

    /** Exits with 0 if the run passed, 1 if it failed, 2 if the options are wrong. */
    public static void main(String[] arguments) {
        Launch.exit(RestoreOptions.USAGE, () -> RestoreOptions.parse(arguments), Restore::run);
    }

    private static boolean run(RestoreOptions options) throws Exception {
        try (Stage stage = new Stage(Launch.directory(options.jar(), options.directory(), "bide-restore-"))) {
            System.out.println("Seed " + options.seed() + "; logs and databases are in " + stage.directory());
            Path archive = stage.data().resolve("archive");
            Account.owning(archive);
            DatabaseProcess first = stage.opened(
                    new DatabaseProcess(stage.directory(), stage.data(), stage.logs(), ARCHIVE.formatted(archive)));
            first.begin();
            FaultLog log = new FaultLog();
            Cluster cluster = stage.opened(cluster(options, first, stage.logs(), log));
            LedgerThirdParty thirdParty = stage.opened(new LedgerThirdParty(cluster::everStarted));
            Api api = stage.opened(new Api());
            ChaosLoad load = stage.opened(new ChaosLoad(cluster, api, thirdParty.url(), List.of(), options.seed()));
            start(cluster, options);
            load.prepare();
            Thread sending = new Thread(() -> send(load, options), "load");
            sending.setDaemon(true);
            sending.start();

            TimeUnit.SECONDS.sleep(options.seconds() / 3);
            Path backup = stage.data().resolve("restored").resolve("database");
            Account.owning(backup.getParent());
            log.say("a base backup is taken");
            BaseBackup.take(first, backup);
            log.say("the base backup is there");
            TimeUnit.SECONDS.sleep(options.seconds() / 3);
            OffsetDateTime moment = now(first);
            log.say("this is the moment to go back to: " + moment);
            sending.join();
            load.close();
            log.say("the disaster: the database and all nodes end");
            cluster.close();
            first.destroy();

            long began = System.nanoTime();
            DatabaseProcess second = stage.opened(new DatabaseProcess(
                    stage.directory().resolve("programs").resolve("second"),
                    backup.getParent(),
                    Files.createDirectories(stage.logs().resolve("restored")),
                    RECOVERY.formatted(archive, SETTING.format(moment))));
            second.recover();
            long recovery = millisSince(began);
            long restoredAt = System.currentTimeMillis();
            log.say("the database is back after " + recovery + " ms");
            FinalState restored = state(second);
            Cluster again = stage.opened(cluster(options, second, stage.logs().resolve("restored"), log));
            began = System.nanoTime();
            start(again, options);
            log.say("the nodes are up again");
            drain(second, options);
            long caughtUp = millisSince(began);
            RestoreVerdict verdict = RestoreVerdict.of(
                    load.subjects(),
                    thirdParty.calls(),
                    moment.toInstant().toEpochMilli(),
                    restoredAt,
                    restored,
                    state(second));
            List<String> failures = verdict.failures();
            failures.forEach(failure -> System.out.println("FAILED: " + failure));
            System.out.println(verdict.result(recovery, caughtUp, options.seed()));
            return failures.isEmpty();
        }
    }

    private static long millisSince(long nanos) {
        return TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - nanos);
    }

    private static Cluster cluster(RestoreOptions options, DatabaseProcess database, Path logs, FaultLog log) {
        return new Cluster(
                new BideNode.Settings(options.jar(), options.jvmOptions(), database.jdbcUrl(), logs, Map.of()),
                false,
                0,
                log);
    }

    private static void start(Cluster cluster, RestoreOptions options) throws IOException, InterruptedException {
        for (int node = 0; node < options.nodes(); node++) {
            cluster.add();
        }
    }

    private static void send(ChaosLoad load, RestoreOptions options) {
        try {
            load.run(options.rate(), Duration.ofSeconds(options.seconds()));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static OffsetDateTime now(DatabaseProcess database) throws SQLException {
        try (Connection connection = database.connect();
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("SELECT now()")) {
            row.next();
            return row.getObject(1, OffsetDateTime.class);
        }
    }

    private static FinalState state(DatabaseProcess database) throws SQLException {
        try (Connection connection = database.connect()) {
            return FinalState.read(connection);
        }
    }

    /** Returns when nothing is open but what is paused, or when that has taken too long. */
    private static void drain(DatabaseProcess database, RestoreOptions options)
            throws SQLException, InterruptedException {
        long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(options.drain());
        try (Connection connection = database.connect();
                Statement statement = connection.createStatement()) {
            while (System.nanoTime() < until) {
                try (ResultSet row = statement.executeQuery(OPEN)) {
                    row.next();
                    if (row.getLong(1) == 0) {
                        return;
                    }
                }
                TimeUnit.MILLISECONDS.sleep(200);
            }
        }
    }
}
