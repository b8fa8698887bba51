package dev.bide.jobstore.internal.fire;

import dev.bide.jobstore.DatabaseFault;
import dev.bide.jobstore.internal.write.QuartzSide;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Date;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.quartz.Calendar;
import org.quartz.JobPersistenceException;
import org.quartz.spi.OperableTrigger;
import org.quartz.spi.TriggerFiredBundle;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Fires acquired triggers whose jobs may run concurrently: confirms all of them in one transaction. Where one makes that fail, for what it is itself, the others are
 * confirmed apart from it, and it is set aside: its state is ERROR. Used by the scheduler thread alone.
 */
public final class Confirmations {
    private static final Logger LOG = LoggerFactory.getLogger(Confirmations.class);

    /**
     * Of each trigger by its entry; those that may not fire now are in none of them.
     *
     * @param failures those that Quartz is to give back
     * @param released those whose calendar is gone: they are given back, as Quartz has it
     */
    record Result(
            Map<String, TriggerFiredBundle> bundles, Map<String, RuntimeException> failures, List<Taken> released) {
        Result() {
            this(new HashMap<>(), new HashMap<>(), new ArrayList<>());
        }
    }

    private final Ground ground;
    private final ConfirmStatement confirmStatement;
    private final QuartzSide quartz;
    private final InstantSource clock;
    private final Suspects suspects = new Suspects();

    public Confirmations(Ground ground, ConfirmStatement confirmStatement, QuartzSide quartz) {
        this.ground = ground;
        this.confirmStatement = confirmStatement;
        this.quartz = quartz;
        this.clock = ground.settings().clock;
    }

    /** Should this throw, nothing is confirmed, and Quartz gives all of them back. */
    Result confirm(List<Taken> batch) throws SQLException {
        Result result = new Result();
        Map<String, Exception> unreadable = new HashMap<>();
        Map<String, Calendar> known = calendars(batch, unreadable);
        List<ConfirmStatement.Candidate> candidates = new ArrayList<>();
        for (Taken taken : batch) {
            Exception failure = unreadable.get(taken.trigger.getCalendarName());
            if (failure != null) {
                setAside(taken, failure);
                continue;
            }
            ConfirmStatement.Candidate candidate = ConfirmStatement.Candidate.of(taken, known);
            if (candidate == null) {
                result.released().add(taken);
            } else {
                candidates.add(candidate);
            }
        }
        if (!candidates.isEmpty()) {
            confirm(candidates, result);
        }
        return result;
    }

    private void confirm(List<ConfirmStatement.Candidate> candidates, Result result) throws SQLException {
        Set<String> entries;
        try {
            entries = confirmTogether(candidates);
        } catch (SQLException | RuntimeException e) {
            if (!DatabaseFault.of(e).isOfTheData()) {
                throw e;
            }
            separate(candidates, e, result);
            return;
        }
        for (ConfirmStatement.Candidate candidate : candidates) {
            Taken taken = candidate.taken();
            if (entries.contains(taken.entryId)) {
                result.bundles().put(taken.entryId, bundle(taken, candidate.calendar(), candidate.previousFireTime()));
            }
        }
    }

    private Set<String> confirmTogether(List<ConfirmStatement.Candidate> candidates) throws SQLException {
        return ground.transactions().run(transaction -> {
            Set<String> standing = confirmStatement.confirm(transaction, candidates, clock.millis());
            ground.listener()
                    .fired(
                            transaction.connection,
                            candidates.stream()
                                    .map(ConfirmStatement.Candidate::taken)
                                    .filter(taken -> standing.contains(taken.entryId))
                                    .map(one -> one.execution)
                                    .toList());
            return standing;
        });
    }

    /** Some may be confirmed by now, so that this must not throw. */
    private void separate(List<ConfirmStatement.Candidate> candidates, Exception failure, Result result) {
        if (candidates.size() == 1) {
            failedAlone(candidates.get(0).taken(), failure, result);
            return;
        }
        int half = candidates.size() / 2;
        for (List<ConfirmStatement.Candidate> part :
                List.of(candidates.subList(0, half), candidates.subList(half, candidates.size()))) {
            try {
                confirm(part, result);
            } catch (SQLException | RuntimeException e) {
                part.forEach(candidate -> result.failures().put(candidate.taken().entryId, unchecked(e)));
            }
        }
    }

    private void failedAlone(Taken taken, Exception failure, Result result) {
        suspects.failedAlone(taken.key());
        if (!suspects.isGuilty(taken.key())) {
            result.failures().put(taken.entryId, unchecked(failure));
            return;
        }
        try {
            setAside(taken, failure);
            suspects.forget(taken.key());
        } catch (SQLException | RuntimeException e) {
            result.failures().put(taken.entryId, unchecked(e));
        }
    }

    private void setAside(Taken taken, Exception failure) throws SQLException {
        LOG.error("trigger {} can't be fired and is set to ERROR", taken.key(), failure);
        ground.transactions().run(transaction -> {
            confirmStatement.setAside(transaction.connection, taken);
            return true;
        });
        ground.counters().poisoned.increment();
        ground.listener().released(List.of(taken.execution));
    }

    private static RuntimeException unchecked(Exception failure) {
        return failure instanceof RuntimeException unchecked ? unchecked : new IllegalStateException(failure);
    }

    private Map<String, Calendar> calendars(List<Taken> batch, Map<String, Exception> unreadable) throws SQLException {
        List<String> names = batch.stream()
                .map(taken -> taken.trigger.getCalendarName())
                .filter(name -> name != null)
                .distinct()
                .toList();
        Map<String, Calendar> known = new HashMap<>();
        for (String name : names) {
            // Each in a transaction of its own: one that failed could not go on.
            try {
                ground.transactions()
                        .run(transaction -> find(transaction.connection, name))
                        .ifPresent(calendar -> known.put(name, calendar));
            } catch (Unreadable e) {
                unreadable.put(name, e.failure);
            }
        }
        return known;
    }

    private Optional<Calendar> find(Connection connection, String name) throws SQLException {
        try {
            return Optional.ofNullable(quartz.calendar(connection, name));
        } catch (JobPersistenceException | RuntimeException e) {
            if (!DatabaseFault.of(e).isOfTheData()) {
                throw new SQLException("calendar " + name + " can't be read", e);
            }
            throw new Unreadable(e);
        }
    }

    TriggerFiredBundle bundle(Taken taken, @Nullable Calendar calendar, @Nullable Date previous) {
        OperableTrigger trigger = taken.trigger;
        return new TriggerFiredBundle(
                taken.job,
                trigger,
                calendar,
                taken.recovering,
                Date.from(clock.instant()),
                trigger.getPreviousFireTime(),
                previous,
                trigger.getNextFireTime());
    }

    /** What is stored of a calendar is no calendar. */
    private static final class Unreadable extends SQLException {
        private static final long serialVersionUID = 1L;
        private final transient Exception failure;

        Unreadable(Exception failure) {
            super(failure);
            this.failure = failure;
        }
    }
}
