package dev.bide.engine.figures;

import dev.bide.workflow.figures.FigureStore;
import dev.bide.workflow.figures.FigureStore.Due;
import dev.bide.workflow.figures.FigureStore.Sums;
import dev.bide.workflow.figures.Series;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** How the cluster did: from all nodes' slots where steps are short, else from the minutes that they were added up to, and the slots that are not yet. */
final class SeriesReading {
    /** Slots that were not added up are read for no longer: where no node of role {@code scheduler} was there for days, that would be all. */
    private static final Duration MOST_SLOTS = Duration.ofHours(3);

    private SeriesReading() {}

    static Series read(FigureStore figures, Span span) {
        @Nullable Adding[] points = new Adding[span.points()];
        if (points.length == 0) {
            return new Series(span.step(), List.of());
        }
        Instant slotsFrom = span.from();
        if (!span.bySlots()) {
            figures.minutes(span.from(), span.to(), minute -> point(points, span, minute.at())
                    .add(minute));
            slotsFrom = figures.newestMinute()
                    .map(minute -> later(span.from(), minute.plus(Span.MINUTE)))
                    .orElse(span.from());
            slotsFrom = later(slotsFrom, span.to().minus(MOST_SLOTS));
        }
        if (slotsFrom.isBefore(span.to())) {
            figures.slots(
                    slotsFrom, span.to(), slot -> point(points, span, slot.at()).add(slot));
            for (Due due : figures.due(slotsFrom, span.to())) {
                point(points, span, due.at()).due(due.due());
            }
        }
        return new Series(span.step(), points(points, span));
    }

    private static Adding point(@Nullable Adding[] points, Span span, Instant at) {
        int number = span.point(at);
        Adding point = points[number];
        if (point == null) {
            point = new Adding();
            points[number] = point;
        }
        return point;
    }

    private static List<Series.Point> points(@Nullable Adding[] points, Span span) {
        int first = 0;
        int end = points.length;
        while (first < end && points[first] == null) {
            first++;
        }
        while (end > first && points[end - 1] == null) {
            end--;
        }
        List<Series.Point> known = new ArrayList<>(end - first);
        for (int i = first; i < end; i++) {
            Adding adding = points[i] == null ? new Adding() : points[i];
            Sums sums = adding.sums();
            known.add(new Series.Point(
                    span.at(i),
                    sums.accepted(),
                    sums.delivered(),
                    sums.retried(),
                    sums.dead(),
                    adding.due(),
                    adding.percentiles()));
        }
        return known;
    }

    private static Instant later(Instant one, Instant other) {
        return one.isAfter(other) ? one : other;
    }
}
