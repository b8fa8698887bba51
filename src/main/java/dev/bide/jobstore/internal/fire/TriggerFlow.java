package dev.bide.jobstore.internal.fire;

import dev.bide.jobstore.Execution;
import dev.bide.jobstore.internal.complete.Completion;
import dev.bide.jobstore.internal.complete.CompletionBuffer;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Collection;
import java.util.Date;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.quartz.JobDetail;
import org.quartz.Trigger.CompletedExecutionInstruction;
import org.quartz.spi.OperableTrigger;
import org.quartz.spi.TriggerFiredResult;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The way of triggers through this node: taken, fired, completed, or given back. */
public final class TriggerFlow {
    private static final Logger LOG = LoggerFactory.getLogger(TriggerFlow.class);

    private final Ground ground;
    private final Take take;
    private final Fire fire;
    private final GiveBack giveBack;
    private final InHand inHand;
    private final CompletionBuffer buffer;

    public TriggerFlow(Ground ground, Take take, Fire fire, GiveBack giveBack, InHand inHand, CompletionBuffer buffer) {
        this.ground = ground;
        this.take = take;
        this.fire = fire;
        this.giveBack = giveBack;
        this.inHand = inHand;
        this.buffer = buffer;
    }

    /** A trigger of this fire time was stored. */
    public void lookFrom(long fireTime) {
        take.lookFrom(fireTime);
    }

    /** One of this lane. */
    public void lookFrom(long fireTime, int lane) {
        take.lookFrom(fireTime, lane);
    }

    /** Called by the scheduler thread. @param noLaterThan by the node's own clock, as Quartz has it */
    public List<OperableTrigger> take(long noLaterThan, int maxCount, long timeWindow, long misfireTime)
            throws SQLException {
        return take.take(noLaterThan, maxCount, timeWindow, misfireTime);
    }

    /** Called by the scheduler thread. A result in the place of each trigger. */
    public List<TriggerFiredResult> fire(List<OperableTrigger> triggers) throws SQLException {
        return fire.fire(triggers);
    }

    /** It will not be run. Its rows are put back with those of others, before more is taken. */
    public void release(OperableTrigger trigger) {
        giveBack.put(trigger.getFireInstanceId());
    }

    /** Writes what is given back; where that fails for one of them, the others. What can't be written now is kept for the next time. */
    public void releasePending() throws SQLException {
        giveBack.write();
    }

    /** Entries of this instance that are not in its hands: their commit was thought to have failed. */
    public void releaseStrays(Collection<String> entriesInDatabase) {
        giveBack.putLeftInDatabase(entriesInDatabase);
    }

    /** Whether the job of this execution may still begin. Any thread. */
    public boolean mayBegin(String entry) {
        return inHand.mayBegin(entry);
    }

    /** Null where it is not in this node's hands. Any thread. */
    public @Nullable Execution execution(String entry) {
        Taken taken = inHand.get(entry);
        return taken == null ? null : taken.execution;
    }

    /** The number of the oldest batch of which something is in this node's hands; Long.MAX_VALUE for none. */
    public long oldestInHand() {
        return inHand.oldest();
    }

    /**
     * Called by job threads. Never waits for the database. It does not ask for the lease: what has happened is true whoever this node is by now, and writing it keeps another
     * from doing it again. What was taken over has no entry any more, and is not written.
     */
    public void complete(OperableTrigger trigger, JobDetail job, CompletedExecutionInstruction instruction) {
        Taken taken = inHand.get(trigger.getFireInstanceId());
        Execution execution = taken == null ? execution(trigger) : taken.execution;
        buffer.add(
                new Completion(
                        execution,
                        trigger,
                        taken == null ? ground.rows().type(trigger) : taken.type,
                        taken != null && taken.firedAlready,
                        job,
                        instruction),
                ground.listener().weight(execution));
    }

    /** One that is not in hand any more. */
    private static Execution execution(OperableTrigger trigger) {
        Date scheduled = trigger.getPreviousFireTime() == null ? new Date() : trigger.getPreviousFireTime();
        return new Execution(
                trigger.getFireInstanceId(),
                trigger.getKey(),
                trigger.getJobKey(),
                Instant.ofEpochMilli(scheduled.getTime()),
                false);
    }

    /** The scheduler thread looks for due triggers from now on, or does not. */
    public void takes(boolean looks) {
        take.looks(looks);
    }

    /** Since due triggers were last looked for, and the database answered; 0 where nobody looks. */
    public long takeAgeMillis() {
        return take.ageMillis();
    }

    public long oldestCompletionMillis() {
        return buffer.oldestMillis();
    }

    public int inHand() {
        return inHand.size();
    }

    public int buffered() {
        return buffer.size();
    }

    /** Writes what has ended, gives back what was not run. True where nothing is left in this node's hands. */
    public boolean close() {
        take.close();
        buffer.close(ground.settings().shutdownPatience);
        inHand.notHandedOut().forEach(giveBack::put);
        try {
            giveBack.write();
        } catch (SQLException | RuntimeException e) {
            LOG.warn(
                    "triggers could not be given back at the shutdown; another node will take them over: {}",
                    e.toString());
            return false;
        }
        return inHand.size() == 0 && giveBack.isEmpty();
    }
}
