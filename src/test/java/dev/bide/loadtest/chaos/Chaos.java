package dev.bide.loadtest.chaos;

import dev.bide.loadtest.Launch;
import java.io.IOException;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/** One run of {@code loadtest/chaos.sh}, which says what it does. */
public final class Chaos {
    private static final int DISK_MEGABYTES = 2_048;
    private static final int PROGRESS_SECONDS = 5;
    private static final String OPEN = "SELECT (SELECT count(*) FROM timer) + (SELECT count(*) FROM run)";

    private static final String PAUSED = "SELECT key FROM timer WHERE status = 'paused' AND key IS NOT NULL"
            + " UNION ALL SELECT key FROM run WHERE status = 'paused' AND key IS NOT NULL";

    private final ChaosOptions options;
    private final DatabaseProcess database;
    private final LedgerThirdParty thirdParty;
    private final Cluster cluster;
    private final ChaosLoad load;
    private final FaultLog faults;
    private final long start = System.nanoTime();

    private Chaos(
            ChaosOptions options,
            DatabaseProcess database,
            LedgerThirdParty thirdParty,
            Cluster cluster,
            ChaosLoad load,
            FaultLog faults) {
        this.options = options;
        this.database = database;
        this.thirdParty = thirdParty;
        this.cluster = cluster;
        this.load = load;
        this.faults = faults;
    }

    /** Exits with 0 if the run passed, 1 if it failed, 2 if the options are wrong. */
    public static void main(String[] arguments) {
        Launch.exit(ChaosOptions.USAGE, () -> ChaosOptions.parse(arguments), Chaos::run);
    }

    private static boolean run(ChaosOptions options) throws Exception {
        try (Stage stage = new Stage(Launch.directory(options.jar(), options.directory(), "bide-chaos-"))) {
            System.out.println("Seed " + options.seed() + "; logs and the database are in " + stage.directory());
            Set<Fault> possible = possible(options.faults());
            FaultLog faults = new FaultLog();
            Optional<SmallDisk> disk = Optional.empty();
            if (possible.contains(Fault.DISK)) {
                try {
                    disk = Optional.of(stage.opened(SmallDisk.mount(stage.data(), DISK_MEGABYTES)));
                } catch (IOException e) {
                    System.out.println("Left out: disk, as " + e.getMessage());
                    possible.remove(Fault.DISK);
                }
            }
            DatabaseProcess database = stage.opened(new DatabaseProcess(stage.directory(), stage.data(), stage.logs()));
            database.begin();
            BideNode.Settings settings = new BideNode.Settings(
                    options.jar(), options.jvmOptions(), database.jdbcUrl(), stage.logs(), Map.of());
            Cluster cluster =
                    stage.opened(new Cluster(settings, possible.contains(Fault.CLOCK), options.seed() + 1, faults));
            LedgerThirdParty thirdParty = stage.opened(new LedgerThirdParty(cluster::everStarted));
            SlowThirdParties slow = stage.opened(new SlowThirdParties());
            for (int node = 0; node < options.nodes(); node++) {
                cluster.add();
            }
            Api api = stage.opened(new Api());
            ChaosLoad load = stage.opened(new ChaosLoad(
                    cluster,
                    api,
                    thirdParty.url(),
                    possible.contains(Fault.SLOW) ? slow.urls() : List.of(),
                    options.seed()));
            load.prepare();
            return new Chaos(options, database, thirdParty, cluster, load, faults).run(possible, disk, slow, api);
        }
    }

    private static Set<Fault> possible(Set<Fault> wanted) {
        Set<Fault> possible = EnumSet.noneOf(Fault.class);
        possible.addAll(wanted);
        if (possible.contains(Fault.CLOCK) && !BideNode.clocksCanBeShifted()) {
            System.out.println("Left out: clock, as there is no libfaketime (Debian package libfaketime)");
            possible.remove(Fault.CLOCK);
        }
        return possible;
    }

    private boolean run(Set<Fault> possible, Optional<SmallDisk> disk, SlowThirdParties slow, Api api)
            throws Exception {
        Moment end = new Moment();
        long seed = options.seed();
        List<Injector> injectors = List.of(
                new NodeFaults(both(possible, Fault.OF_NODES), cluster, database, faults, end, seed + 2),
                new DatabaseFaults(
                        "faults of the database",
                        both(possible, EnumSet.of(Fault.DATABASE, Fault.BACKENDS, Fault.LOCK, Fault.DISK)),
                        database,
                        disk,
                        faults,
                        end,
                        seed + 3),
                new DatabaseFaults(
                        "snapshots",
                        both(possible, EnumSet.of(Fault.SNAPSHOT)),
                        database,
                        disk,
                        faults,
                        end,
                        seed + 4));
        injectors.forEach(Injector::start);
        Thread progress = new Thread(() -> progress(end), "progress");
        progress.setDaemon(true);
        progress.start();
        load.run(options.rate(), Duration.ofSeconds(options.seconds()));
        end.comes();
        slow.getWell();
        for (Injector injector : injectors) {
            injector.join();
        }
        database.awaitUp();
        faults.say("The load and all faults are over; waiting for what is open");
        drain();
        return judge(api);
    }

    private static Set<Fault> both(Set<Fault> one, Set<Fault> other) {
        return one.stream().filter(other::contains).collect(Collectors.toSet());
    }

    private void progress(Moment end) {
        try {
            while (!end.hasCome()) {
                end.waitFor(Duration.ofSeconds(PROGRESS_SECONDS));
                tell();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void tell() {
        String open;
        try {
            open = Long.toString(open());
        } catch (SQLException e) {
            open = "?";
        }
        System.out.printf(
                Locale.ROOT,
                "%7.1f s  accepted %d  delivered %d  open %s  nodes %d  fault %s%n",
                (System.nanoTime() - start) / 1e9,
                load.accepted(),
                thirdParty.taken(),
                open,
                cluster.nodes().size(),
                faults.now());
    }

    private long open() throws SQLException {
        try (Connection connection = database.connect();
                Statement statement = connection.createStatement();
                ResultSet result = statement.executeQuery(OPEN)) {
            result.next();
            return result.getLong(1);
        }
    }

    private List<String> paused() throws SQLException {
        List<String> names = new ArrayList<>();
        try (Connection connection = database.connect();
                Statement statement = connection.createStatement();
                ResultSet result = statement.executeQuery(PAUSED)) {
            while (result.next()) {
                names.add(result.getString(1));
            }
        }
        return names;
    }

    /** Returns when nothing is open any more, or when that has taken too long. */
    private void drain() throws SQLException, InterruptedException {
        long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(options.drain());
        long told = System.nanoTime();
        while (System.nanoTime() < until && (load.busy() || open() > 0)) {
            TimeUnit.MILLISECONDS.sleep(200);
            if (System.nanoTime() - told > TimeUnit.SECONDS.toNanos(PROGRESS_SECONDS)) {
                told = System.nanoTime();
                tell();
                load.resume(paused());
            }
        }
        tell();
    }

    private boolean judge(Api api) throws SQLException, IOException {
        FinalState state;
        try (Connection connection = database.connect()) {
            state = FinalState.read(connection);
        }
        ChaosVerdict verdict = ChaosCheck.check(load.subjects(), thirdParty.calls(), state, faults.all());
        System.out.println("\n" + FaultWindow.RULE + "\n\n" + ChaosReport.table(verdict, faults, load.changeMillis()));
        Takeovers.unexplained(cluster.logs(), faults.all()).forEach(System.out::println);
        if (!verdict.violations().isEmpty()) {
            System.out.println(ChaosReport.histories(
                    verdict, thirdParty.calls().stream().collect(Collectors.groupingBy(Call::subject)), state));
            verdict.violations().stream()
                    .map(violation -> violation.subject())
                    .filter(subject -> !subject.id().isEmpty())
                    .distinct()
                    .limit(10)
                    .forEach(subject -> System.out.println(api.ask(
                                    "GET",
                                    cluster.nodes().get(0).url() + "/v1/"
                                            + (subject.kind().run() ? "runs/" : "timers/") + subject.id(),
                                    "",
                                    Duration.ofSeconds(10))
                            .body()));
            System.out.println("FAILED; the nodes' logs stay");
        }
        boolean empty = verdict.accepted() == 0;
        if (empty) {
            System.out.println("FAILED: nothing was accepted");
        }
        System.out.println(ChaosReport.result(verdict, options.seed()));
        return verdict.violations().isEmpty() && !empty;
    }
}
