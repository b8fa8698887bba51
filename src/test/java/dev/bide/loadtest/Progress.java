package dev.bide.loadtest;

import java.io.IOException;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.Locale;
import java.util.concurrent.TimeUnit;

/** A line every so often on the console, and one with more in a CSV file: the curves of a long run. */
final class Progress implements AutoCloseable {
    private static final String HEADER =
            "phase,second,accepted,delivered,refused,acceptP95Ms,latenessP95Ms,serviceCpuPercent,"
                    + "databaseCpuPercent,thirdPartyCpuPercent,generatorCpuPercent,serviceResidentMb,hotTablesMb,deadRows,historyMb,walMb";
    private static final double MEGABYTE = 1024.0 * 1024;

    private final Rig rig;
    private final PrintStream console;
    private final PrintWriter csv;

    private String phase = "";
    private LoadFigures figures = new LoadFigures();
    private long started;
    private long deliveredBefore;
    private long previousNanos;
    private Costs previousCosts;
    private LatenessHistogram previousLateness = LatenessHistogram.EMPTY;

    Progress(Rig rig, PrintStream console, Path file) throws IOException {
        this.rig = rig;
        this.console = console;
        this.csv = new PrintWriter(Files.newBufferedWriter(file), true);
        csv.println(HEADER);
    }

    void begin(String newPhase, LoadFigures newFigures) throws IOException, SQLException {
        phase = newPhase;
        figures = newFigures;
        started = System.nanoTime();
        previousNanos = started;
        deliveredBefore = rig.delivered();
        previousCosts = Costs.now(rig);
        previousLateness = rig.lateness();
    }

    /** CPU and lateness are those since the line before, in percent of one core. */
    void report() throws IOException, SQLException {
        long now = System.nanoTime();
        Costs costs = Costs.now(rig);
        Costs spent = costs.since(previousCosts);
        LatenessHistogram lateness = rig.lateness();
        String latenessP95 = lateness.since(previousLateness).percentileMillis(95);
        double millis = (now - previousNanos) / 1e6;
        long delivered = rig.delivered() - deliveredBefore;
        long seconds = TimeUnit.NANOSECONDS.toSeconds(now - started);
        double acceptP95 = figures.acceptMicros.percentile(95) / 1000.0;
        double resident = ProcessFigures.residentBytes(rig.service.pid()) / MEGABYTE;
        console.printf(
                Locale.ROOT,
                "%-9s %5d s  accepted %8d  delivered %8d  accept p95 %7.1f ms  lateness p95 %7s ms  CPU service %3.0f%% database %3.0f%%"
                        + " third party %3.0f%% generator %3.0f%%  memory %4.0f MB%n",
                phase,
                seconds,
                figures.accepted.get(),
                delivered,
                acceptP95,
                latenessP95,
                100 * spent.serviceCpu() / millis,
                100 * spent.databaseCpu() / millis,
                100 * spent.thirdPartyCpu() / millis,
                100 * spent.generatorCpu() / millis,
                resident);
        csv.printf(
                Locale.ROOT,
                "%s,%d,%d,%d,%d,%.1f,%s,%.0f,%.0f,%.0f,%.0f,%.0f,%.1f,%d,%.1f,%.1f%n",
                phase,
                seconds,
                figures.accepted.get(),
                delivered,
                figures.refused.get(),
                acceptP95,
                latenessP95,
                100 * spent.serviceCpu() / millis,
                100 * spent.databaseCpu() / millis,
                100 * spent.thirdPartyCpu() / millis,
                100 * spent.generatorCpu() / millis,
                resident,
                rig.database.hotBytes() / MEGABYTE,
                rig.database.deadRows(),
                costs.historyBytes() / MEGABYTE,
                costs.walBytes() / MEGABYTE);
        previousNanos = now;
        previousCosts = costs;
        previousLateness = lateness;
    }

    @Override
    public void close() {
        csv.close();
    }
}
