package dev.bide.engine.figures;

import static dev.bide.workflow.figures.FigureStore.SLOT;

import dev.bide.workflow.figures.Counted;
import dev.bide.workflow.figures.FigureStore;
import dev.bide.workflow.figures.FigureStore.Cluster;
import dev.bide.workflow.figures.FigureStore.Node;
import dev.bide.workflow.figures.FigureStore.Sums;
import dev.bide.workflow.figures.FigureStore.Warning;
import dev.bide.workflow.figures.Stats;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** How the cluster does: its nodes' sums of the last minutes, what was counted, and what is wrong. */
final class StatsReading {
    private static final Duration WINDOW = Duration.ofMinutes(5);
    private static final int MOST_NODES = 500;
    private static final int MOST_WARNINGS = 50;

    private StatsReading() {}

    static Stats read(FigureStore figures, Cluster waiting) {
        Instant now = figures.now();
        Window window = window(figures, now);
        Sums sums = window.adding().sums();
        double seconds = window.length().toMillis() / 1e3;
        return new Stats(
                now,
                window.length(),
                new Stats.PerSecond(
                        rate(sums.accepted(), seconds),
                        rate(sums.delivered(), seconds),
                        rate(sums.retried(), seconds),
                        rate(sums.dead(), seconds)),
                window.adding().percentiles(),
                sums.firsts() == 0 ? null : share(sums.onTime(), sums.firsts()),
                waiting.counts(),
                due(waiting),
                warnings(figures, now));
    }

    private record Window(Duration length, Adding adding) {}

    /** The newest slots: the one that is under way is nowhere yet, and one that has just ended not of all nodes. */
    private static Window window(FigureStore figures, Instant now) {
        Instant newest = figures.newestSlot()
                .filter(slot -> slot.isAfter(now.minus(Warnings.UNSEEN)))
                .orElse(now.minus(SLOT));
        Instant end = newest.plus(SLOT);
        Adding adding = new Adding();
        Instant[] first = {end};
        figures.slots(end.minus(WINDOW), end, slot -> {
            adding.add(slot);
            first[0] = slot.at().isBefore(first[0]) ? slot.at() : first[0];
        });
        return new Window(first[0].equals(end) ? WINDOW : Duration.between(first[0], end), adding);
    }

    private static double rate(long count, double seconds) {
        return Math.round(count / seconds * 1e4) / 1e4;
    }

    /** Never all where one was late. */
    private static double share(long some, long all) {
        return Math.floor(1e6 * some / all) / 1e6;
    }

    /** How old the oldest was when that was counted. */
    private static Stats.Due due(Cluster waiting) {
        Instant oldest = waiting.oldestDue();
        return new Stats.Due(
                new Counted(waiting.due(), waiting.due() < FigureStore.MOST_COUNTED),
                oldest == null
                        ? 0
                        : Math.max(0, Duration.between(oldest, waiting.at()).toMillis() / 1e3));
    }

    /** That nobody finds what is wrong, nobody else would say. */
    private static List<Warning> warnings(FigureStore figures, Instant now) {
        List<Warning> warnings = new ArrayList<>(figures.warnings(MOST_WARNINGS));
        Optional<Instant> last = figures.cluster().map(Cluster::at).or(() -> firstStart(figures));
        boolean missing = last.filter(counted -> counted.isBefore(now.minus(Warnings.UNSEEN)))
                .isPresent();
        if (missing && warnings.stream().noneMatch(StatsReading::saysSo)) {
            warnings.add(0, Warnings.roleMissing(Warnings.SCHEDULER, last.get()));
        }
        return warnings.subList(0, Math.min(warnings.size(), MOST_WARNINGS));
    }

    /** Nobody has counted yet: since then somebody might have. */
    private static Optional<Instant> firstStart(FigureStore figures) {
        return figures.nodes(MOST_NODES).stream().map(Node::startedAt).min(Instant::compareTo);
    }

    private static boolean saysSo(Warning warning) {
        return warning.code().equals(Warnings.ROLE_MISSING) && warning.subject().equals(Warnings.SCHEDULER);
    }
}
