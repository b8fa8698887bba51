package dev.bide.loadtest;

import java.io.IOException;
import java.io.InputStreamReader;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** One run of {@code loadtest/sustained.sh}, which says what it does. */
public final class Sustained {
    /** As many as the service has threads for requests: what is beyond would wait there instead of here. */
    private static final int CONNECTIONS = 128;
    /** As many as the service takes at once by default. */
    private static final int BULK_CONNECTIONS = 4;

    private static final Duration PATIENCE = Duration.ofSeconds(10);
    /** How long nothing may be delivered before the rest is given up. */
    private static final Duration SILENCE = Duration.ofSeconds(30);

    private static final int PROGRESS_SECONDS = 10;

    private final SustainedOptions options;
    private final Rig rig;
    private final Generator generator;
    private final Progress progress;
    private final AcceptedTimers accepted = new AcceptedTimers(System.currentTimeMillis());
    private final ExecutorService sender = Executors.newSingleThreadExecutor(task -> {
        Thread thread = new Thread(task, "generator");
        thread.setDaemon(true);
        return thread;
    });

    private Sustained(SustainedOptions options, Rig rig, Generator generator, Progress progress) {
        this.options = options;
        this.rig = rig;
        this.generator = generator;
        this.progress = progress;
    }

    /** Exits with 0 if the run passed, 1 if it failed, 2 if the options are wrong. */
    public static void main(String[] arguments) {
        Launch.exit(SustainedOptions.USAGE, () -> SustainedOptions.parse(arguments), Sustained::run);
    }

    private static boolean run(SustainedOptions options) throws Exception {
        Path directory = Launch.directory(options.jar(), options.directory(), "bide-sustained-");
        System.out.println("Logs, progress.csv and the database are in " + directory + " ("
                + Files.getFileStore(directory).type() + ")");
        Outcome outcome;
        try (Rig rig = new Rig(options, directory);
                Generator generator = new Generator(rig.api());
                Progress progress = new Progress(rig, System.out, directory.resolve("progress.csv"))) {
            outcome = new Sustained(options, rig, generator, progress).measure();
        }
        System.out.println("\n" + Report.table(outcome));
        List<String> failures = outcome.failures();
        failures.forEach(failure -> System.out.println("FAILED: " + failure));
        System.out.println(Report.result(outcome));
        return failures.isEmpty();
    }

    private Outcome measure() throws Exception {
        storeWaiting();
        LoadFigures warmUp = new LoadFigures();
        if (options.warmUp() > 0) {
            send("warm-up", load(Arrivals.rising(requestRate(), options.warmUp())), warmUp);
            awaitDelivered();
        }
        int firstMeasured = accepted.size();
        Costs before = Costs.now(rig);
        LatenessHistogram latenessBefore = rig.lateness();
        storeBad();
        LoadFigures figures = new LoadFigures();
        Load load = load(Arrivals.steady(requestRate(), options.seconds()));
        long dueInMillis = TimeUnit.SECONDS.toMillis(options.dueIn());
        try (Consoles consoles = new Consoles(rig.apiUrl(), options.consoles())) {
            send("load", load, figures);
            if (options.consoles() > 0) {
                System.out.println("\n" + options.consoles() + " consoles were answered in:\n" + consoles.table());
            }
        }
        awaitDelivered();
        Costs costs = Costs.now(rig).since(before);
        LatenessHistogram serviceLateness = rig.lateness().since(latenessBefore);
        long end = figures.startedAt.get() + TimeUnit.SECONDS.toMillis(options.seconds()) + dueInMillis;
        Verdict verdict;
        try (Reader ledger = new InputStreamReader(Http.open(rig.ledgerUrl()), StandardCharsets.UTF_8)) {
            verdict = new LedgerCheck(accepted, firstMeasured, dueInMillis, end).check(ledger);
        }
        return new Outcome(options, load.template().timers(), figures, warmUp, verdict, costs, serviceLateness);
    }

    private double requestRate() {
        return (double) options.rate() / Math.max(1, options.bulk());
    }

    private Load load(Arrivals arrivals) {
        TimerOrder order = new TimerOrder(options.dueIn(), "seconds", rig.thirdPartyUrl(), "");
        RequestTemplate template = RequestTemplate.of(rig.apiHost(), order, options.bulk());
        return new Load(
                template, arrivals, options.bulk() == 0 ? CONNECTIONS : BULK_CONNECTIONS, PATIENCE, accepted::add);
    }

    /** Timers that wait from one year to nine, a tenth of them each time of waiting. */
    private void storeWaiting() throws Exception {
        if (options.waiting() == 0) {
            return;
        }
        LoadFigures figures = new LoadFigures();
        long started = System.nanoTime();
        int stored = 0;
        for (int part = 1; part <= 10; part++) {
            int wanted = (int) ((long) options.waiting() * part / 10);
            storeInBulk(
                    "waiting",
                    new TimerOrder(330 * part + 35, "days", rig.thirdPartyUrl(), ""),
                    wanted - stored,
                    figures);
            stored = wanted;
        }
        double seconds = (System.nanoTime() - started) / 1e9;
        System.out.printf(
                Locale.ROOT,
                "stored %d waiting timers in %.1f s, %.0f/s; the database has %d bytes for each%n",
                figures.accepted.get(),
                seconds,
                figures.accepted.get() / seconds,
                rig.database.hotBytes() / Math.max(1, figures.accepted.get()));
        requireAll(options.waiting(), figures);
    }

    private void storeBad() throws Exception {
        if (options.bad() > 0) {
            LoadFigures figures = new LoadFigures();
            storeInBulk(
                    "bad", new TimerOrder(options.dueIn(), "seconds", rig.hungUrl(), "PT5S"), options.bad(), figures);
            requireAll(options.bad(), figures);
        }
    }

    /** As fast as the service takes them. */
    private void storeInBulk(String phase, TimerOrder order, int count, LoadFigures figures) throws Exception {
        int size = Math.min(1000, count);
        for (int left = count; left > 0; left -= left / size * size) {
            size = Math.min(size, left);
            Load load = new Load(
                    RequestTemplate.of(rig.apiHost(), order, size),
                    Arrivals.atOnce(left / size),
                    BULK_CONNECTIONS,
                    Duration.ofHours(1),
                    (most, least, sentAt, answeredAt) -> {});
            send(phase, load, figures);
        }
    }

    private static void requireAll(int wanted, LoadFigures figures) throws IOException {
        if (figures.accepted.get() != wanted) {
            throw new IOException(figures.accepted.get() + " of " + wanted + " timers were stored");
        }
    }

    private void send(String phase, Load load, LoadFigures figures)
            throws IOException, SQLException, InterruptedException, ExecutionException {
        progress.begin(phase, figures);
        Future<?> sending = sender.submit(() -> {
            generator.run(load, figures);
            return null;
        });
        while (true) {
            try {
                sending.get(PROGRESS_SECONDS, TimeUnit.SECONDS);
                return;
            } catch (TimeoutException e) {
                progress.report();
            }
        }
    }

    /** Returns when all accepted timers were received and settled, or none for so long that none will be. */
    private void awaitDelivered() throws IOException, SQLException, InterruptedException {
        long lastChange = System.nanoTime();
        long lastReport = lastChange;
        long silence = SILENCE.plusSeconds(options.dueIn()).toNanos();
        long before = -1;
        while (System.nanoTime() - lastChange < silence) {
            long delivered = rig.delivered();
            long overdue = options.bad() == 0 ? rig.database.overdue() : 0;
            if (delivered >= accepted.size() && overdue == 0) {
                break;
            }
            if (delivered - overdue != before) {
                before = delivered - overdue;
                lastChange = System.nanoTime();
            }
            if (System.nanoTime() - lastReport > TimeUnit.SECONDS.toNanos(PROGRESS_SECONDS)) {
                lastReport = System.nanoTime();
                progress.report();
            }
            TimeUnit.MILLISECONDS.sleep(200);
        }
        progress.report();
    }
}
