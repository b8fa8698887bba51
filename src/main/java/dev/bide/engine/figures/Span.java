package dev.bide.engine.figures;

import dev.bide.json.InvalidException;
import dev.bide.workflow.figures.FigureStore;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What of a series is read: whole steps that are over, so that all who ask within one ask the same.
 *
 * @param to not included; not after {@code from} where there is nothing
 */
record Span(Instant from, Instant to, Duration step) {
    static final int MOST_POINTS = 1_000;

    static final Duration MINUTE = RollUp.MINUTE;

    private static final Duration BY_DEFAULT = Duration.ofMinutes(15);
    private static final Duration LEAST_STEP = FigureStore.SLOT;
    private static final Duration MOST_STEP = Duration.ofDays(1);

    /** For longer ranges only the sums of minutes are read. */
    private static final Duration MOST_BY_SLOTS = Duration.ofHours(3);

    /** After its end, until all nodes have written a slot. */
    private static final Duration WRITTEN = Duration.ofSeconds(2);

    /** @param now the database's */
    static Span of(@Nullable Instant from, @Nullable Instant to, @Nullable Duration step, Instant now) {
        Instant asked = to == null ? now : to;
        Instant begin = from == null ? asked.minus(BY_DEFAULT) : from;
        if (!begin.isBefore(asked)) {
            throw to == null
                    ? new InvalidException("from", "must be before now")
                    : new InvalidException("to", "must be after from");
        }
        if (step != null && step.compareTo(LEAST_STEP) < 0) {
            throw new InvalidException("step", "must be at least " + LEAST_STEP.toSeconds() + " s");
        }
        if (step != null && step.compareTo(MOST_STEP) > 0) {
            throw new InvalidException("step", "must be at most one day");
        }
        Instant oldest = now.minus(FigureStore.KEPT);
        return within(begin.isBefore(oldest) ? oldest : begin, asked.isBefore(now) ? asked : now, step, now);
    }

    private static Span within(Instant from, Instant to, @Nullable Duration step, Instant now) {
        long length = Duration.between(from, to).toMillis();
        if (length <= 0) {
            return new Span(from, from, step == null ? LEAST_STEP : rounded(step, 0));
        }
        if (step != null && length > MOST_POINTS * step.toMillis()) {
            throw new InvalidException(
                    "step",
                    "must be at least " + roundedUp(length, MOST_POINTS * 1_000L) / (MOST_POINTS * 1_000L)
                            + " s for this range: there are " + MOST_POINTS + " points at most");
        }
        Duration used =
                rounded(step == null ? Duration.ofMillis(roundedUp(length, MOST_POINTS) / MOST_POINTS) : step, length);
        long size = used.toMillis();
        long over = down(now.minus(WRITTEN).toEpochMilli(), size);
        long end = Math.min(roundedUp(to.toEpochMilli(), size), over);
        long begin = Math.max(down(from.toEpochMilli(), size), end - MOST_POINTS * size);
        return new Span(Instant.ofEpochMilli(Math.min(begin, end)), Instant.ofEpochMilli(end), used);
    }

    private static Duration rounded(Duration step, long length) {
        Duration unit = step.compareTo(MINUTE) < 0 && length <= MOST_BY_SLOTS.toMillis() ? FigureStore.SLOT : MINUTE;
        return Duration.ofMillis(roundedUp(step.toMillis(), unit.toMillis()));
    }

    private static long roundedUp(long value, long unit) {
        return -Math.floorDiv(-value, unit) * unit;
    }

    private static long down(long value, long unit) {
        return Math.floorDiv(value, unit) * unit;
    }

    boolean bySlots() {
        return step.compareTo(MINUTE) < 0;
    }

    int points() {
        return (int) (Duration.between(from, to).toMillis() / step.toMillis());
    }

    /** The number of the point that {@code at} is in. */
    int point(Instant at) {
        return (int) (Duration.between(from, at).toMillis() / step.toMillis());
    }

    Instant at(int point) {
        return from.plus(step.multipliedBy(point));
    }
}
