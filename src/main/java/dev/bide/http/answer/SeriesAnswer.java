package dev.bide.http.answer;

import dev.bide.workflow.figures.Percentiles;
import dev.bide.workflow.figures.Series;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** How the cluster did, as the contract shows it. */
public record SeriesAnswer(Duration step, List<Point> points) {
    public record Point(
            Instant at,
            long accepted,
            long delivered,
            long retried,
            long dead,
            @Nullable Integer due,
            Percentiles latenessMs) {
        static Point of(Series.Point point) {
            return new Point(
                    point.at(),
                    point.accepted(),
                    point.delivered(),
                    point.retried(),
                    point.dead(),
                    point.due(),
                    point.latenessMillis());
        }
    }

    public static SeriesAnswer of(Series series) {
        return new SeriesAnswer(
                series.step(), series.points().stream().map(Point::of).toList());
    }
}
