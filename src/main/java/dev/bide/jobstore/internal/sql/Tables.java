package dev.bide.jobstore.internal.sql;

/**
 * Whose rows in which tables: the scheduler's name is part of every key, the instance marks fired-trigger entries.
 *
 * @param prefix of the tables; statements are written with Quartz's default {@code qrtz_}
 */
public record Tables(String scheduler, String instance, String prefix) {
    public String sql(String statement) {
        return prefix.equalsIgnoreCase("qrtz_") ? statement : statement.replace("qrtz_", prefix);
    }
}
