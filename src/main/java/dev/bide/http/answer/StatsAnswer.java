package dev.bide.http.answer;

import dev.bide.workflow.figures.Counts;
import dev.bide.workflow.figures.FigureStore;
import dev.bide.workflow.figures.Percentiles;
import dev.bide.workflow.figures.Stats;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** How the cluster does, as the contract shows it. */
public record StatsAnswer(
        Instant at,
        Duration window,
        Stats.PerSecond perSecond,
        Percentiles latenessMs,
        @Nullable Double onTimeShare,
        Counts timers,
        Due due,
        List<Warning> warnings) {
    public record Due(long count, boolean exact, double oldestSeconds) {}

    public record Warning(String code, String detail, Instant since) {
        static Warning of(FigureStore.Warning warning) {
            return new Warning(warning.code(), warning.detail(), warning.since());
        }
    }

    public static StatsAnswer of(Stats stats) {
        return new StatsAnswer(
                stats.at(),
                stats.window(),
                stats.perSecond(),
                stats.latenessMillis(),
                stats.onTimeShare(),
                stats.timers(),
                new Due(
                        stats.due().timers().count(),
                        stats.due().timers().exact(),
                        stats.due().oldestSeconds()),
                stats.warnings().stream().map(Warning::of).toList());
    }
}
