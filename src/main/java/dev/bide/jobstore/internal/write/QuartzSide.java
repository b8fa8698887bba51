package dev.bide.jobstore.internal.write;

import dev.bide.jobstore.internal.sql.TriggerState;
import java.sql.Connection;
import org.jspecify.annotations.Nullable;
import org.quartz.Calendar;
import org.quartz.JobDetail;
import org.quartz.JobKey;
import org.quartz.JobPersistenceException;
import org.quartz.Trigger.CompletedExecutionInstruction;
import org.quartz.TriggerKey;
import org.quartz.spi.OperableTrigger;
import org.quartz.spi.TriggerFiredBundle;

/** What the parts use of the code that the store inherits from Quartz, where only the store itself may call it. What is the driver delegate's is asked of {@link TriggerRows}. */
public interface QuartzSide {
    /** What stock nodes hold for all they do with triggers. */
    String TRIGGER_ACCESS = "TRIGGER_ACCESS";

    /** What stock nodes hold while they check in and recover. */
    String STATE_ACCESS = "STATE_ACCESS";

    @Nullable
    Calendar calendar(Connection connection, String name) throws JobPersistenceException;

    /** Null where it may not fire now. */
    @Nullable
    TriggerFiredBundle fire(Connection connection, OperableTrigger trigger) throws JobPersistenceException;

    void complete(
            Connection connection, OperableTrigger trigger, JobDetail job, CompletedExecutionInstruction instruction)
            throws JobPersistenceException;

    /** A new one. */
    void storeJob(Connection connection, JobDetail job) throws JobPersistenceException;

    /** What becomes of {@code state} while a job that may not run concurrently does run. */
    TriggerState blockedState(Connection connection, JobKey job, TriggerState state) throws JobPersistenceException;

    void removeTrigger(Connection connection, TriggerKey key) throws JobPersistenceException;

    /** Takes a lock of the cluster, until the transaction ends. */
    void lock(Connection connection, String name) throws JobPersistenceException;

    /** The thread's own note of it; the lock itself goes with the transaction. */
    void unlocked(String name);

    /** For what time this thread's last piece of work wants the scheduler woken, ms since the epoch; null where it does not. Asked once. */
    @Nullable
    Long takeSignal();

    /** Triggers that were due before it, ms since the epoch, are late. */
    long misfireTime();
}
