package dev.bide.jobstore.internal.fire;

import dev.bide.jobstore.internal.sql.Pause;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import java.util.Objects;
import java.util.function.LongConsumer;
import org.quartz.JobPersistenceException;
import org.quartz.spi.OperableTrigger;
import org.quartz.spi.TriggerFiredBundle;
import org.quartz.spi.TriggerFiredResult;

/** Fires what was taken: confirms it, together where it may run concurrently, and makes what Quartz runs. Used by the scheduler thread alone. */
public final class Fire {
    /** So much before the time Quartz's thread stops waiting. */
    private static final long QUARTZ_EARLY_MILLIS = 2;

    /** Clocks that are nearly alike are not translated, and a measurement has an error. */
    private static final long BRIDGED_MILLIS = 50;

    private final Ground ground;
    private final Confirmations confirmations;
    private final ExclusiveWay exclusive;
    private final InHand inHand;
    private final GiveBack giveBack;
    private final LongConsumer lookFrom;

    /** @param lookFrom told of the earliest time for which one of them fires again */
    public Fire(
            Ground ground,
            Confirmations confirmations,
            ExclusiveWay exclusive,
            InHand inHand,
            GiveBack giveBack,
            LongConsumer lookFrom) {
        this.ground = ground;
        this.confirmations = confirmations;
        this.exclusive = exclusive;
        this.inHand = inHand;
        this.giveBack = giveBack;
        this.lookFrom = lookFrom;
    }

    /** A result in the place of each trigger. */
    List<TriggerFiredResult> fire(List<OperableTrigger> triggers) throws SQLException {
        List<Taken> shared = new ArrayList<>();
        for (OperableTrigger trigger : triggers) {
            Taken taken = inHand.get(trigger.getFireInstanceId());
            if (taken != null && !(inHand.isHeld(taken) && isReallyDue(taken))) {
                // All of them: Quartz gives back what is not fired.
                return triggers.stream()
                        .map(any -> new TriggerFiredResult((TriggerFiredBundle) null))
                        .toList();
            }
            if (taken != null && !taken.firedAlready && !taken.job.isConcurrentExecutionDisallowed()) {
                shared.add(taken);
            }
        }
        Confirmations.Result confirmed = shared.isEmpty() ? new Confirmations.Result() : confirm(shared);
        List<TriggerFiredResult> results = new ArrayList<>(triggers.size());
        for (OperableTrigger trigger : triggers) {
            results.add(result(trigger, confirmed));
        }
        return results;
    }

    /**
     * Quartz fires what is due by this node's clock, and up to 2 ms before. What is not due by the store's by then waits for it a moment; where this node's clock was set
     * forward since the trigger was taken, it goes back. (What is not due by either was asked for by somebody who knows.)
     */
    private boolean isReallyDue(Taken taken) {
        long wished = taken.trigger.getNextFireTime().getTime();
        taken.trigger.setNextFireTime(new Date(taken.scheduledFireTime));
        if (taken.firedAlready || System.currentTimeMillis() < wished - QUARTZ_EARLY_MILLIS) {
            return true;
        }
        long early = taken.scheduledFireTime - ground.settings().clock.millis();
        return early <= 0 || (early <= BRIDGED_MILLIS && Pause.millis(early));
    }

    private TriggerFiredResult result(OperableTrigger trigger, Confirmations.Result confirmed) {
        Taken taken = inHand.get(trigger.getFireInstanceId());
        TriggerFiredBundle bundle = null;
        if (taken != null) {
            if (taken.firedAlready) {
                Date previous = trigger.getPreviousFireTime();
                trigger.triggered(null);
                bundle = confirmations.bundle(taken, null, previous);
            } else if (taken.job.isConcurrentExecutionDisallowed()) {
                try {
                    bundle = exclusive.fire(taken);
                } catch (JobPersistenceException | RuntimeException e) {
                    return new TriggerFiredResult(e instanceof RuntimeException ? e : new IllegalStateException(e));
                }
            } else {
                RuntimeException failure = confirmed.failures().get(taken.entryId);
                if (failure != null) {
                    return new TriggerFiredResult(failure);
                }
                bundle = confirmed.bundles().get(taken.entryId);
            }
            if (bundle == null) {
                inHand.remove(taken.entryId);
            } else {
                taken.handOut();
                ground.counters().fired.increment();
            }
        }
        return new TriggerFiredResult(bundle);
    }

    private Confirmations.Result confirm(List<Taken> shared) throws SQLException {
        Confirmations.Result result = confirmations.confirm(shared);
        giveBack.putNotInHand(result.released());
        // One that is late repeats in the past, where nobody looks any more.
        result.bundles().values().stream()
                .map(TriggerFiredBundle::getNextFireTime)
                .filter(Objects::nonNull)
                .mapToLong(Date::getTime)
                .min()
                .ifPresent(lookFrom);
        return result;
    }
}
