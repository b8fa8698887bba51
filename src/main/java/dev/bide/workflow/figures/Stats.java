package dev.bide.workflow.figures;

import dev.bide.workflow.figures.FigureStore.Warning;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How the cluster does.
 *
 * @param window that the figures are of
 * @param latenessMillis of first attempts
 * @param onTimeShare of the first attempts those that began within a second of their due times; null where there were none
 */
public record Stats(
        Instant at,
        Duration window,
        PerSecond perSecond,
        Percentiles latenessMillis,
        @Nullable Double onTimeShare,
        Counts timers,
        Due due,
        List<Warning> warnings) {
    public Stats {
        warnings = List.copyOf(warnings);
    }

    /** @param accepted timers that requests stored @param retried attempts after which a timer waits again */
    public record PerSecond(double accepted, double delivered, double retried, double dead) {}

    /** In no node's hands. @param oldestSeconds 0 where none is due */
    public record Due(Counted timers, double oldestSeconds) {}
}
