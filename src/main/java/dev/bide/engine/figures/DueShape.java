package dev.bide.engine.figures;

import dev.bide.workflow.figures.DueStore.Statistics;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableMap;
import java.util.TreeMap;

/**
 * How due times are spread, by the database's statistics: a share for each of the most common ones ("Monday 09:00" is one moment for very many), and equal shares of the rest
 * between the borders of a histogram, even within each.
 */
final class DueShape {
    private final NavigableMap<Instant, Double> common;
    private final List<Instant> steps;
    private final double step;

    DueShape(Statistics statistics) {
        common = new TreeMap<>(statistics.common());
        steps = new ArrayList<>(statistics.steps());
        double rest = 1 - common.values().stream().mapToDouble(share -> share).sum();
        step = steps.size() < 2 ? 0 : Math.max(0, rest) / (steps.size() - 1);
    }

    /** Of all that wait, so many are due from {@code from} up to but not at {@code to}. */
    double share(Instant from, Instant to) {
        if (!from.isBefore(to)) {
            return 0;
        }
        double share = common.subMap(from, true, to, false).values().stream()
                .mapToDouble(one -> one)
                .sum();
        for (int i = 0; i + 1 < steps.size(); i++) {
            share += step * part(millis(steps.get(i)), millis(steps.get(i + 1)), millis(from), millis(to));
        }
        return share;
    }

    /** Of a step, which may be a moment, so much lies in a time. */
    private static double part(long begin, long end, long from, long to) {
        if (begin == end) {
            return from <= begin && begin < to ? 1 : 0;
        }
        return Math.max(0, Math.min(end, to) - Math.max(begin, from)) / (double) (end - begin);
    }

    private static long millis(Instant instant) {
        return instant.toEpochMilli();
    }
}
