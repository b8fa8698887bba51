package dev.bide.jobstore.benchmark;

import com.sun.management.OperatingSystemMXBean;
import dev.bide.jobstore.Node;
import dev.bide.testing.PostgresExtension;
import java.io.InputStream;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import javax.sql.DataSource;

/**
 * Job stores side by side on one embedded PostgreSQL with fsync on, each in a database of its own: how many timers a second each stores, and fires and removes, what a
 * timer costs, and how late timers start at the demanded rate. Every firing is counted; one that is missing, doubled or early fails the run.
 *
 * <p>Arguments: {@code --timers N} (100000), {@code --stock-timers N} (a tenth: the stock store takes minutes for more), {@code --rate N} (1389 a second),
 * {@code --seconds N} of that rate (10), {@code --only name,name}. For ours alone: {@code --waiting N} triggers that are due in a year lie in the tables meanwhile, and
 * {@code --hold-vacuum} keeps a snapshot open in another session while timers fire.
 */
public final class Benchmark {
    private static final String CLUSTER = "benchmark";

    static int waiting;
    private static boolean holdVacuum;

    private final Database database;
    private final int timers;
    private final int stockTimers;
    private final int rate;
    private final int seconds;
    private int runs;

    private Benchmark(Database database, int timers, int stockTimers, int rate, int seconds) {
        this.database = database;
        this.timers = timers;
        this.stockTimers = stockTimers;
        this.rate = rate;
        this.seconds = seconds;
    }

    public static void main(String[] arguments) throws Exception {
        List<String> given = Arrays.asList(arguments);
        int timers = option(given, "--timers", 100_000);
        int only = given.indexOf("--only");
        List<String> names = only < 0
                ? List.of("quartz", "dbScheduler", "bide", "bideTwoNodes", "floor")
                : List.of(given.get(only + 1).split(","));
        waiting = option(given, "--waiting", 0);
        holdVacuum = given.contains("--hold-vacuum");
        System.out.println(run(
                timers,
                option(given, "--stock-timers", Math.max(1_000, timers / 10)),
                option(given, "--rate", 1_389),
                option(given, "--seconds", 10),
                names));
        System.exit(0);
    }

    private static int option(List<String> arguments, String name, int otherwise) {
        int at = arguments.indexOf(name);
        return at < 0 ? otherwise : Integer.parseInt(arguments.get(at + 1));
    }

    /** Returns the line for machines. */
    static String run(int timers, int stockTimers, int rate, int seconds, List<String> names) throws Exception {
        try (Database database = new Database()) {
            Benchmark benchmark = new Benchmark(database, timers, stockTimers, rate, seconds);
            String fsync = database.setting("fsync");
            say(
                    "PostgreSQL %s, fsync=%s, synchronous_commit=%s, %d processors, Java %s",
                    database.setting("server_version"),
                    fsync,
                    database.setting("synchronous_commit"),
                    Runtime.getRuntime().availableProcessors(),
                    Runtime.version());
            List<Measured> results = new ArrayList<>();
            for (String name : names) {
                results.add(benchmark.measure(name));
            }
            System.out.println();
            System.out.println(Measured.HEADER);
            results.forEach(result -> System.out.println(result.row()));
            System.out.println("per timer: statements, WAL and CPU from due to removed. Lateness at " + rate + "/s for "
                    + seconds + " s (quartz: for fewer).");
            return "RESULT {\"fsync\":\"" + fsync + "\","
                    + results.stream()
                            .map(result -> "\"" + result.name() + "\":" + result.json())
                            .collect(Collectors.joining(","))
                    + "}";
        }
    }

    private Measured measure(String name) throws Exception {
        int count = name.equals("quartz") ? stockTimers : timers;
        String databaseName = name.toLowerCase(java.util.Locale.ROOT);
        DataSource dataSource = database.create(databaseName);
        try (Contender contender = contender(name, databaseName, dataSource)) {
            contender.prepare();
            if (waiting > 0) {
                say("%s: %d timers that wait for a year", name, waiting);
                preload(dataSource);
            }
            say("%s: warming up", name);
            // As many as are measured: with fewer, compiling what is hot is half of what the JVM does while it is
            // measured.
            fire(contender, databaseName, Math.min(count, 100_000));
            database.checkpoint();
            say("%s: %d timers", name, count);
            Figures figures = fire(contender, databaseName, count);
            // The stock store falls behind at this rate, the longer the further. The floor has no timers that start.
            int timersAtRate = rate * (name.equals("quartz") ? Math.min(seconds, 3) : seconds);
            Tally steady = new Tally(1);
            if (!name.equals("floor")) {
                say("%s: %d timers at %d a second", name, timersAtRate, rate);
                steady = steady(contender, timersAtRate);
            }
            Measured measured = new Measured(
                    name,
                    count,
                    count / figures.storeSeconds,
                    count / figures.fireSeconds,
                    (double) figures.statements / count,
                    (double) figures.walBytes / count,
                    (double) figures.jvmMillis / count,
                    (double) figures.postgresMillis / count,
                    steady.latenessPercentile(0.50),
                    steady.latenessPercentile(0.95),
                    steady.latenessPercentile(0.99));
            say("%s%n%s", Measured.HEADER, measured.row());
            return measured;
        }
    }

    private Contender contender(String name, String databaseName, DataSource dataSource) {
        String url = database.url(databaseName);
        QuartzContender.Schema migrated = () -> PostgresExtension.migrate(url);
        return switch (name) {
            case "quartz" ->
                new QuartzContender(
                        name,
                        dataSource,
                        () -> stockTables(dataSource),
                        i -> Node.stock(CLUSTER, "stock-" + i, dataSource, 50),
                        1,
                        false);
            case "dbScheduler" -> new DbSchedulerContender(dataSource);
            case "bide" ->
                new QuartzContender(
                        name, dataSource, migrated, i -> Node.ours(CLUSTER, "node-" + i, dataSource), 1, true);
            case "bideTwoNodes" ->
                new QuartzContender(
                        name, dataSource, migrated, i -> Node.ours(CLUSTER, "node-" + i, dataSource), 2, true);
            case "floor" -> new FloorContender(dataSource, migrated);
            default -> throw new IllegalArgumentException("no store is called " + name);
        };
    }

    private record Figures(
            double storeSeconds,
            double fireSeconds,
            long statements,
            long walBytes,
            long jvmMillis,
            long postgresMillis) {}

    /** Stores timers that are due already, then lets them fire; until none is left in the database. */
    private Figures fire(Contender contender, String databaseName, int count) throws Exception {
        Tally tally = new Tally(count);
        long[] due = new long[count];
        long now = System.currentTimeMillis() - 60_000;
        for (int i = 0; i < count; i++) {
            due[i] = now + i / 100;
        }
        long stored = System.nanoTime();
        contender.store("r" + ++runs, tally, due);
        double storeSeconds = (System.nanoTime() - stored) / 1e9;
        long statements = database.statements(databaseName);
        long wal = database.walBytes();
        long postgres = database.cpuMillis();
        long jvm = jvmMillis();
        long started = System.nanoTime();
        contender.start();
        try (Connection snapshot = DriverManager.getConnection(database.url(databaseName))) {
            if (holdVacuum) {
                snapshot.setAutoCommit(false);
                snapshot.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
                snapshot.createStatement()
                        .executeQuery("SELECT 1 FROM qrtz_locks")
                        .close();
            }
            await(contender, tally);
        }
        double fireSeconds = (System.nanoTime() - started) / 1e9;
        Figures figures = new Figures(
                storeSeconds,
                fireSeconds,
                database.statements(databaseName) - statements,
                database.walBytes() - wal,
                jvmMillis() - jvm,
                database.cpuMillis() - postgres);
        contender.stop();
        check(contender, tally);
        return figures;
    }

    /** Timers that become due one by one while it runs. */
    private Tally steady(Contender contender, int count) throws Exception {
        Tally tally = new Tally(count);
        long[] due = new long[count];
        contender.start();
        long first = System.currentTimeMillis() + 1_500 + count / 10;
        for (int i = 0; i < count; i++) {
            due[i] = first + i * 1_000L / rate;
        }
        contender.store("r" + ++runs, tally, due);
        await(contender, tally);
        contender.stop();
        check(contender, tally);
        return tally;
    }

    private void await(Contender contender, Tally tally) throws Exception {
        long lastShown = System.nanoTime();
        int before = -1;
        long stuckSince = System.nanoTime();
        while (tally.total() < tally.timers() || contender.remaining() > 0) {
            Thread.sleep(tally.total() < tally.timers() ? 20 : 5);
            if (System.nanoTime() - lastShown > 5_000_000_000L) {
                say("%s: %d of %d fired", contender.name(), tally.total(), tally.timers());
                lastShown = System.nanoTime();
            }
            if (tally.total() != before) {
                before = tally.total();
                stuckSince = System.nanoTime();
            } else if (System.nanoTime() - stuckSince > 120_000_000_000L) {
                throw new IllegalStateException(contender.name() + " is stuck: " + tally.total() + " of "
                        + tally.timers() + " fired, " + contender.remaining() + " rows left");
            }
        }
    }

    private static void check(Contender contender, Tally tally) {
        String faults = tally.faults();
        if (!faults.isEmpty()) {
            throw new IllegalStateException(contender.name() + ": " + faults);
        }
    }

    private static void preload(DataSource dataSource) throws SQLException {
        try (Connection connection = dataSource.getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute(
                    "WITH t AS (INSERT INTO qrtz_triggers (sched_name, trigger_name, trigger_group, job_name, job_group, next_fire_time,"
                            + " prev_fire_time, priority, trigger_state, trigger_type, start_time, end_time, misfire_instr)"
                            + " SELECT 'benchmark', 'w-' || lpad(i::text, 9, '0'), 'waiting', 'count', 'benchmark', d, -1, 5, 'WAITING', 'SIMPLE', d, 0, -1"
                            + " FROM (SELECT i, (extract(epoch FROM now()) * 1000)::bigint + 31536000000 + i AS d FROM generate_series(1, "
                            + waiting
                            + ") i) n) INSERT INTO qrtz_simple_triggers SELECT 'benchmark', 'w-' || lpad(i::text, 9, '0'), 'waiting', 0, 0, 0"
                            + " FROM generate_series(1, " + waiting + ") i");
            statement.execute("VACUUM (ANALYZE) qrtz_triggers, qrtz_simple_triggers");
        }
    }

    private static void stockTables(DataSource dataSource) throws Exception {
        try (InputStream script =
                        org.quartz.impl.jdbcjobstore.Constants.class.getResourceAsStream("tables_postgres.sql");
                Connection connection = dataSource.getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute(new String(script.readAllBytes(), StandardCharsets.UTF_8));
        } catch (SQLException e) {
            throw new IllegalStateException("Quartz's own script failed", e);
        }
    }

    private static long jvmMillis() {
        return ((OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean()).getProcessCpuTime() / 1_000_000;
    }

    private static void say(String text, Object... arguments) {
        System.out.printf(java.util.Locale.ROOT, text + "%n", arguments);
    }
}
