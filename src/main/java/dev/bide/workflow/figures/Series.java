package dev.bide.workflow.figures;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** How the cluster did, step by step, oldest first. From the first step of which anything is known to the last none is missing. */
public record Series(Duration step, List<Point> points) {
    public Series {
        points = List.copyOf(points);
    }

    /**
     * Sums of the step that begins at {@code at}.
     *
     * @param due the most that were due at once; null where nobody counted
     * @param latenessMillis of first attempts
     */
    public record Point(
            Instant at,
            long accepted,
            long delivered,
            long retried,
            long dead,
            @Nullable Integer due,
            Percentiles latenessMillis) {}
}
