package dev.bide.jobstore.internal.fire;

import dev.bide.jobstore.internal.sql.Tables;
import dev.bide.jobstore.internal.write.TriggerRows;
import java.io.IOException;
import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.quartz.JobDetail;
import org.quartz.JobKey;
import org.quartz.JobPersistenceException;

/**
 * Job definitions by key, so that a batch of triggers of few jobs reads none of them. An entry carries the version (xmin) of the row it was read from; the
 * versions are compared with the table's at most every {@link #FRESH_NANOS}, and the node's own writes empty the cache.
 */
public final class Jobs {
    /** Separates group and name where both are passed as one text. */
    static final char SEPARATOR = '\u0001';

    private static final long FRESH_NANOS = TimeUnit.MILLISECONDS.toNanos(50);
    private static final int CAPACITY = 1_000;

    /** Primary key. */
    private static final String VERSIONS = """
            SELECT job_name, job_group, xmin::text FROM qrtz_job_details
            WHERE sched_name = ? AND job_name = ANY (?)
            """;

    /** Primary key. */
    private static final String VERSION = """
            SELECT xmin::text FROM qrtz_job_details WHERE sched_name = ? AND job_name = ? AND job_group = ?
            """;

    private record Known(JobDetail job, String version) {
        /** Copies share the values of the job's data: one that an execution may change, or writes back, is read anew for each, as Quartz does. */
        boolean isShareable() {
            return !job.isPersistJobDataAfterExecution()
                    && job.getJobDataMap().values().stream().allMatch(Jobs::isImmutable);
        }
    }

    private static boolean isImmutable(@Nullable Object value) {
        return value == null
                || value instanceof String
                || value instanceof Boolean
                || value instanceof Character
                || value instanceof Enum
                || (value instanceof Number && value.getClass().getName().startsWith("java.lang."));
    }

    private final Tables tables;
    private final TriggerRows rows;
    private final Map<JobKey, Known> known = new LinkedHashMap<>(64, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<JobKey, Known> eldest) {
            return size() > CAPACITY;
        }
    };
    private long checkedAt = System.nanoTime();
    private long writes;

    public Jobs(Tables tables, TriggerRows rows) {
        this.tables = tables;
        this.rows = rows;
    }

    /** After a write of jobs by this node. */
    public synchronized void forget() {
        known.clear();
        writes++;
    }

    /** Drops what has changed since it was read. */
    void refresh(Connection connection) throws SQLException {
        String[] names;
        synchronized (this) {
            if (known.isEmpty() || System.nanoTime() - checkedAt < FRESH_NANOS) {
                return;
            }
            names = known.keySet().stream().map(JobKey::getName).distinct().toArray(String[]::new);
        }
        Map<JobKey, String> versions = new LinkedHashMap<>();
        try (PreparedStatement statement = connection.prepareStatement(tables.sql(VERSIONS))) {
            statement.setString(1, tables.scheduler());
            statement.setArray(2, connection.createArrayOf("text", names));
            try (ResultSet row = statement.executeQuery()) {
                while (row.next()) {
                    versions.put(new JobKey(row.getString(1), row.getString(2)), row.getString(3));
                }
            }
        }
        synchronized (this) {
            known.entrySet().removeIf(entry -> !entry.getValue().version().equals(versions.get(entry.getKey())));
            checkedAt = System.nanoTime();
        }
    }

    /**
     * What the statement that takes triggers must know of jobs, by group and name. Both of one moment: a job that is known for the one and not for the other would be
     * fired at once, and not be repeated after a crash though it asks for it.
     *
     * @param fireableAtOnce jobs that may run many times at once and need no trigger to exist: their triggers need no cluster lock to fire, and need not stay until
     *     they are done
     * @param recoverable jobs that are repeated after a crash
     */
    record Choice(Array fireableAtOnce, Array recoverable) {}

    Choice choice(Connection connection) throws SQLException {
        List<JobDetail> jobs;
        synchronized (this) {
            jobs = known.values().stream().map(Known::job).toList();
        }
        return new Choice(
                keys(connection, jobs, job -> job.isDurable() && !job.isConcurrentExecutionDisallowed()),
                keys(connection, jobs, JobDetail::requestsRecovery));
    }

    private static Array keys(Connection connection, List<JobDetail> jobs, Predicate<JobDetail> choice)
            throws SQLException {
        return connection.createArrayOf(
                "text",
                jobs.stream()
                        .filter(choice)
                        .map(job -> job.getKey().getGroup()
                                + SEPARATOR
                                + job.getKey().getName())
                        .toArray());
    }

    /**
     * A copy of the job for one execution; null where there is none.
     *
     * @throws JobPersistenceException where it can't be read: its class is gone, its data can't be deserialised
     */
    @Nullable
    JobDetail find(Connection connection, JobKey key) throws SQLException, JobPersistenceException {
        long seenWrites;
        synchronized (this) {
            Known cached = known.get(key);
            if (cached != null && cached.isShareable()) {
                return (JobDetail) cached.job().clone();
            }
            seenWrites = writes;
        }
        // Version first: should the job change in between, the next comparison finds it stale.
        String version = version(connection, key);
        if (version == null) {
            return null;
        }
        JobDetail job;
        try {
            job = rows.job(connection, key);
        } catch (ClassNotFoundException | IOException | RuntimeException | LinkageError e) {
            throw new JobPersistenceException("job " + key + " can't be read: " + e.getMessage(), e);
        }
        if (job == null) {
            return null;
        }
        job.getJobDataMap().clearDirtyFlag();
        synchronized (this) {
            if (writes == seenWrites) {
                known.put(key, new Known(job, version));
            }
        }
        return (JobDetail) job.clone();
    }

    private @Nullable String version(Connection connection, JobKey key) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(tables.sql(VERSION))) {
            statement.setString(1, tables.scheduler());
            statement.setString(2, key.getName());
            statement.setString(3, key.getGroup());
            try (ResultSet row = statement.executeQuery()) {
                return row.next() ? row.getString(1) : null;
            }
        }
    }
}
