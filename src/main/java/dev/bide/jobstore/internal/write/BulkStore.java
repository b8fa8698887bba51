package dev.bide.jobstore.internal.write;

import dev.bide.jobstore.DatabaseFault;
import dev.bide.jobstore.internal.sql.Tables;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.quartz.JobDetail;
import org.quartz.JobPersistenceException;
import org.quartz.ObjectAlreadyExistsException;
import org.quartz.Trigger;
import org.quartz.spi.OperableTrigger;

/** Quartz's own door for storing many triggers: new jobs, each with its triggers, all triggers in one go. Paused groups are honoured as Quartz does. */
public final class BulkStore {
    private static final String PAUSED_GROUPS =
            "SELECT trigger_group FROM qrtz_paused_trigger_grps WHERE sched_name = ?";

    /** Quartz's own parts that this needs. */
    public interface QuartzParts {
        void storeJob(Connection connection, JobDetail job) throws JobPersistenceException;

        String blockedState(Connection connection, JobDetail job, String state) throws JobPersistenceException;

        void pauseGroup(Connection connection, String group) throws SQLException;
    }

    private final Tables tables;
    private final TriggerInsert insert;
    private final QuartzParts quartz;

    public BulkStore(Tables tables, TriggerInsert insert, QuartzParts quartz) {
        this.tables = tables;
        this.insert = insert;
        this.quartz = quartz;
    }

    /** Returns the earliest fire time stored, in milliseconds since the epoch; Long.MAX_VALUE where there is none. */
    public long store(Connection connection, Map<JobDetail, Set<? extends Trigger>> triggersAndJobs)
            throws JobPersistenceException {
        List<OperableTrigger> triggers = new ArrayList<>();
        Map<OperableTrigger, String> states = new HashMap<>();
        long earliest = Long.MAX_VALUE;
        try {
            Set<String> paused = pausedGroups(connection);
            for (Map.Entry<JobDetail, Set<? extends Trigger>> entry : triggersAndJobs.entrySet()) {
                JobDetail job = entry.getKey();
                quartz.storeJob(connection, job);
                for (Trigger trigger : entry.getValue()) {
                    OperableTrigger operable = (OperableTrigger) trigger;
                    triggers.add(operable);
                    states.put(operable, state(connection, operable, job, paused));
                    if (operable.getNextFireTime() != null) {
                        earliest = Math.min(earliest, operable.getNextFireTime().getTime());
                    }
                }
            }
            insert.insert(connection, triggers, trigger -> states.getOrDefault(trigger, "WAITING"));
        } catch (SQLException e) {
            if (DatabaseFault.of(e) == DatabaseFault.KEY_TAKEN) {
                throw new ObjectAlreadyExistsException(
                        "one of " + triggers.size() + " triggers exists already: " + e.getMessage());
            }
            throw new JobPersistenceException("could not store " + triggers.size() + " triggers: " + e.getMessage(), e);
        }
        return earliest;
    }

    private String state(Connection connection, OperableTrigger trigger, JobDetail job, Set<String> paused)
            throws SQLException, JobPersistenceException {
        String group = trigger.getKey().getGroup();
        if (paused.contains(ALL_GROUPS) && paused.add(group)) {
            quartz.pauseGroup(connection, group);
        }
        String state = paused.contains(group) ? "PAUSED" : "WAITING";
        return job.isConcurrentExecutionDisallowed() ? quartz.blockedState(connection, job, state) : state;
    }

    /** Quartz's mark for "all groups, also those to come". */
    private static final String ALL_GROUPS = "_$_ALL_GROUPS_PAUSED_$_";

    private Set<String> pausedGroups(Connection connection) throws SQLException {
        Set<String> groups = new HashSet<>();
        try (PreparedStatement statement = connection.prepareStatement(tables.sql(PAUSED_GROUPS))) {
            statement.setString(1, tables.scheduler());
            try (ResultSet row = statement.executeQuery()) {
                while (row.next()) {
                    groups.add(row.getString(1));
                }
            }
        }
        return groups;
    }
}
