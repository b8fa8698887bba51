package dev.bide.database;

import java.time.Duration;

/**
 * What a node's connections are called in {@code pg_stat_activity}. It tells the node's {@code engine.failover}, by which it acts and judges the others: so a
 * node that starts sees those that live by another. A name that is configured is left as it is, and tells nobody.
 */
final class SessionName {
    static final String PROPERTY = "ApplicationName";
    static final String DEFAULT = "bide";

    /** Of {@code LIKE}. */
    static final String PATTERN = DEFAULT + ", failover %";

    private SessionName() {}

    static String of(Duration failover) {
        return PATTERN.replace("%", failover.toMillis() + " ms");
    }
}
