package dev.bide.database;

import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Warns when this node's clock and the database's part, and when they meet again; not each second in between. For one thread at a time. */
final class ClockWatch {
    private static final Logger LOG = LoggerFactory.getLogger(ClockWatch.class);
    private static final Duration MOST = Duration.ofSeconds(1);

    private Duration told = Duration.ZERO;

    /** @param offset how far this node's clock is ahead of the database's */
    void tell(Duration offset) {
        boolean apart = offset.abs().compareTo(MOST) > 0;
        if (apart && offset.minus(told).abs().compareTo(MOST) > 0) {
            LOG.warn(
                    "This machine's clock is {} s {} the database's. Timers go by the database's, wherever they are stored and fired;"
                            + " logs and certificates go by this one: see to its NTP",
                    offset.abs().toMillis() / 1000.0,
                    offset.isNegative() ? "behind" : "ahead of");
            told = offset;
        } else if (!apart && !told.isZero()) {
            LOG.info("This machine's clock is with the database's again");
            told = Duration.ZERO;
        }
    }
}
