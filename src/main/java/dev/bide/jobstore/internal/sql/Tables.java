package dev.bide.jobstore.internal.sql;

import java.util.Set;

/**
 * Whose rows in which tables: the scheduler's name is part of every key, the instance marks fired-trigger entries.
 *
 * @param prefix of the tables; statements are written with Quartz's default {@code qrtz_}
 */
public record Tables(String scheduler, String instance, String prefix) {
    /** Types of triggers whose tables are known here: those that a user's delegate adds may have others. */
    public static final Set<String> TRIGGER_TYPES = Set.of("SIMPLE", "CRON", "BLOB", "CAL_INT", "DAILY_I");

    public String sql(String statement) {
        return prefix.equalsIgnoreCase("qrtz_") ? statement : statement.replace("qrtz_", prefix);
    }
}
