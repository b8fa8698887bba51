package dev.bide.ops;

import dev.bide.workflow.figures.Percentiles;
import dev.bide.workflow.figures.Stats;
import java.time.Duration;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The promise as a line of the log, for those whose only window on Bide it is: each minute how late first attempts of the whole cluster were. Off unless its logger is at
 * INFO. A node that counts for all tells; of several the lines say the same.
 */
final class FigureLog implements Runnable {
    private static final Logger LOG = LoggerFactory.getLogger(FigureLog.class);

    private final Supplier<Stats> stats;

    FigureLog(Supplier<Stats> stats) {
        this.stats = stats;
    }

    @Override
    public void run() {
        if (!LOG.isInfoEnabled()) {
            return;
        }
        try {
            tell(stats.get());
        } catch (RuntimeException e) {
            LOG.debug("Cannot tell how the cluster does", e);
        }
    }

    private static void tell(Stats now) {
        Percentiles lateness = now.latenessMillis();
        Long p95 = lateness.p95();
        if (p95 == null) {
            return;
        }
        LOG.atInfo()
                .addKeyValue("event", "lateness")
                .addKeyValue("duration", Duration.ofMillis(p95))
                .log(
                        "Of the last {} s: lateness p95 {} ms; {} delivered and {} dead a second; the oldest due for {} s",
                        now.window().toSeconds(),
                        p95,
                        now.perSecond().delivered(),
                        now.perSecond().dead(),
                        now.due().oldestSeconds());
    }
}
