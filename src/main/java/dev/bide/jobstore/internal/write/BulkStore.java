package dev.bide.jobstore.internal.write;

import dev.bide.jobstore.DatabaseFault;
import dev.bide.jobstore.internal.sql.TriggerState;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.quartz.JobDetail;
import org.quartz.JobPersistenceException;
import org.quartz.ObjectAlreadyExistsException;
import org.quartz.Trigger;
import org.quartz.impl.jdbcjobstore.Constants;
import org.quartz.spi.OperableTrigger;

/** Quartz's own door for storing many triggers: new jobs, each with its triggers, all triggers in one go. Paused groups are honoured as Quartz does. */
public final class BulkStore {
    private final TriggerRows rows;
    private final TriggerInsert insert;
    private final QuartzSide quartz;

    public BulkStore(TriggerRows rows, TriggerInsert insert, QuartzSide quartz) {
        this.rows = rows;
        this.insert = insert;
        this.quartz = quartz;
    }

    /** Returns the earliest fire time stored, in milliseconds since the epoch; Long.MAX_VALUE where there is none. */
    public long store(Connection connection, Map<JobDetail, Set<? extends Trigger>> triggersAndJobs)
            throws JobPersistenceException {
        List<OperableTrigger> triggers = new ArrayList<>();
        Map<OperableTrigger, TriggerState> states = new HashMap<>();
        long earliest = Long.MAX_VALUE;
        try {
            Set<String> paused = rows.selectPausedTriggerGroups(connection);
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
            insert.insert(connection, triggers, trigger -> states.getOrDefault(trigger, TriggerState.WAITING));
        } catch (SQLException e) {
            if (DatabaseFault.of(e) == DatabaseFault.KEY_TAKEN) {
                throw new ObjectAlreadyExistsException(
                        "one of " + triggers.size() + " triggers exists already: " + e.getMessage());
            }
            throw new JobPersistenceException("could not store " + triggers.size() + " triggers: " + e.getMessage(), e);
        }
        return earliest;
    }

    private TriggerState state(Connection connection, OperableTrigger trigger, JobDetail job, Set<String> paused)
            throws SQLException, JobPersistenceException {
        String group = trigger.getKey().getGroup();
        if (paused.contains(Constants.ALL_GROUPS_PAUSED) && paused.add(group)) {
            rows.insertPausedTriggerGroup(connection, group);
        }
        TriggerState state = paused.contains(group) ? TriggerState.PAUSED : TriggerState.WAITING;
        return job.isConcurrentExecutionDisallowed() ? quartz.blockedState(connection, job.getKey(), state) : state;
    }
}
