package dev.bide.loadtest.chaos;

import dev.bide.loadtest.Launch;
import dev.bide.loadtest.patroni.Network;
import dev.bide.loadtest.patroni.PatroniCluster;
import dev.bide.loadtest.patroni.PatroniNode;
import dev.bide.loadtest.patroni.Programs;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/** {@code loadtest/failover.sh}, which says what it does: one run for each fault. */
public final class Failover {
    private static final int PROGRESS_SECONDS = 5;
    private static final Duration REJOIN_PATIENCE = Duration.ofSeconds(60);
    private static final Duration CLOSE = Duration.ofSeconds(5);
    private static final String OPEN = "SELECT (SELECT count(*) FROM timer) + (SELECT count(*) FROM run)";

    private final FailoverOptions options;
    private final FailoverFault fault;
    private final PatroniCluster database;
    private final LedgerThirdParty thirdParty;
    private final Cluster cluster;
    private final ChaosLoad load;
    private final FaultLog faults;
    private final long start = System.nanoTime();

    private Failover(
            FailoverOptions options,
            FailoverFault fault,
            PatroniCluster database,
            LedgerThirdParty thirdParty,
            Cluster cluster,
            ChaosLoad load,
            FaultLog faults) {
        this.options = options;
        this.fault = fault;
        this.database = database;
        this.thirdParty = thirdParty;
        this.cluster = cluster;
        this.load = load;
        this.faults = faults;
    }

    /** Exits with 0 if all runs passed, 1 if one failed, 2 if the options are wrong. */
    public static void main(String[] arguments) {
        Launch.exit(FailoverOptions.USAGE, () -> FailoverOptions.parse(arguments), Failover::run);
    }

    private static boolean run(FailoverOptions options) throws Exception {
        Programs programs = Programs.find(options.postgres());
        Path directory = Launch.directory(options.jar(), options.directory(), "bide-failover-");
        System.out.println("Seed " + options.seed() + "; PostgreSQL of " + programs.postgres()
                + "; logs and databases are in " + directory);
        boolean passed = true;
        for (FailoverFault fault : options.faults()) {
            if (fault == FailoverFault.CUT && !Network.isOwn()) {
                System.out.println("Left out: cut, as it needs a network of its own (root, unshare, ip)");
                continue;
            }
            try (Stage stage = new Stage(directory.resolve(fault.toString()))) {
                passed &= run(options, fault, stage, programs);
            }
        }
        return passed;
    }

    private static boolean run(FailoverOptions options, FailoverFault fault, Stage stage, Programs programs)
            throws Exception {
        Network network = stage.opened(new Network(stage.logs()));
        PatroniCluster database = stage.opened(new PatroniCluster(network, programs, stage.data(), stage.logs()));
        database.begin(options.synchronous());
        String url = options.proxied() ? database.proxied() : database.jdbcUrl();
        FaultLog faults = new FaultLog();
        Cluster cluster = stage.opened(new Cluster(
                new BideNode.Settings(options.jar(), options.jvmOptions(), url, stage.logs(), Map.of()),
                false,
                0,
                faults));
        LedgerThirdParty thirdParty = stage.opened(new LedgerThirdParty(cluster::everStarted));
        for (int node = 0; node < options.nodes(); node++) {
            cluster.add();
        }
        Api api = stage.opened(new Api());
        ChaosLoad load = stage.opened(new ChaosLoad(cluster, api, thirdParty.url(), List.of(), options.seed()));
        load.prepare();
        return new Failover(options, fault, database, thirdParty, cluster, load, faults).run();
    }

    private boolean run() throws Exception {
        Moment end = new Moment();
        background("progress", () -> progress(end));
        long loadFrom = System.currentTimeMillis() + ChaosLoad.WARM_UP_MILLIS;
        Moment loaded = new Moment();
        background("load", () -> {
            try {
                load.run(options.rate(), Duration.ofSeconds(options.seconds()));
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            } finally {
                loaded.comes();
            }
        });
        TimeUnit.SECONDS.sleep(FailoverOptions.CALM_SECONDS);
        if (awaitWhole() < 0) {
            throw new IOException("the database nodes are not well before the fault: this machine is too busy");
        }
        long faultAt = System.currentTimeMillis();
        OldPrimary oldPrimary = new FailoverFaults(database, faults).inject(fault, Duration.ofSeconds(options.lag()));
        long rejoined = awaitWhole();
        loaded.waitFor(Duration.ofSeconds(options.seconds()));
        long loadTo = System.currentTimeMillis();
        faults.say("The load is over; waiting for what is open");
        drain();
        end.comes();
        FinalState state;
        try (Connection connection = database.connect()) {
            state = FinalState.read(connection);
        }
        ChaosVerdict verdict = ChaosCheck.check(load.subjects(), thirdParty.calls(), state, faults.all());
        FailoverOutcome outcome = FailoverOutcome.of(
                fault,
                options.synchronous(),
                verdict,
                load.subjects(),
                thirdParty.calls(),
                loadFrom,
                faultAt + TimeUnit.SECONDS.toMillis(options.lag()),
                loadTo,
                oldPrimary,
                rejoined);
        System.out.println("\n" + ChaosReport.table(verdict, faults, load.changeMillis()));
        if (options.synchronous() && !verdict.violations().isEmpty()) {
            System.out.println(ChaosReport.histories(
                    verdict, thirdParty.calls().stream().collect(Collectors.groupingBy(Call::subject)), state));
        }
        List<String> failures = outcome.failures();
        failures.forEach(failure -> System.out.println("FAILED: " + failure));
        System.out.println(outcome.result());
        return failures.isEmpty();
    }

    private static void background(String name, Runnable work) {
        Thread thread = new Thread(work, name);
        thread.setDaemon(true);
        thread.start();
    }

    private void progress(Moment end) {
        try {
            while (!end.hasCome()) {
                end.waitFor(Duration.ofSeconds(PROGRESS_SECONDS));
                System.out.printf(
                        Locale.ROOT,
                        "%7.1f s  accepted %d  delivered %d  primary %s  fault %s%n",
                        (System.nanoTime() - start) / 1e9,
                        load.accepted(),
                        thirdParty.taken(),
                        database.primary().map(PatroniNode::name).orElse("none"),
                        faults.now());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Milliseconds until all database nodes are well; negative where they are not within what they are granted. */
    private long awaitWhole() throws InterruptedException {
        long began = System.nanoTime();
        while (!database.isWhole(options.synchronous())) {
            if (System.nanoTime() - began > REJOIN_PATIENCE.toNanos()) {
                return -1;
            }
            TimeUnit.MILLISECONDS.sleep(200);
        }
        long millis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - began);
        faults.say("all database nodes are well after " + millis + " ms; primary is "
                + database.primary().map(PatroniNode::name).orElse("none"));
        return millis;
    }

    /** Returns when nothing is open any more, or when that has taken too long. */
    private void drain() throws InterruptedException {
        long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(options.drain());
        while (System.nanoTime() < until && (load.busy() || open() > 0)) {
            TimeUnit.MILLISECONDS.sleep(500);
        }
        // What comes late comes by then: also what nobody should call.
        TimeUnit.MILLISECONDS.sleep(CLOSE.toMillis());
    }

    private long open() {
        try (Connection connection = database.connect();
                Statement statement = connection.createStatement();
                ResultSet result = statement.executeQuery(OPEN)) {
            result.next();
            return result.getLong(1);
        } catch (SQLException e) {
            return Long.MAX_VALUE; // nobody knows
        }
    }
}
