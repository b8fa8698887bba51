package dev.bide.engine.accept;

import dev.bide.engine.Acceptance;
import dev.bide.jobstore.DatabaseFault;
import dev.bide.workflow.RefusedException;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The writing of a batch, or of all batches of one call, so that an item spoils no other: what fails of its data, or because of a lock, is written again in halves. What
 * fails of the circumstances is not: all of it would fare the same. Nor is what a lock was too often in the way of: all of it seems to need that one, as that of a table.
 *
 * <p>A transaction is repeated only where it was undone for certain. Where the answer to a commit is lost, that is told as failed, though it may be done: never the other
 * way round. Used by one thread.
 *
 * @param <I> what is written
 * @param <T> what it is once it is stored
 */
final class Writing<I, T> {
    private static final Logger LOG = LoggerFactory.getLogger(Writing.class);

    /** Attempts that may fail because of locks: three seconds, since a session waits for none longer than a tenth of one. */
    static final int MOST_LOCKED = 30;

    private final BatchTransaction<I, T> transaction;
    private final boolean waits;
    private final Told<T> told;
    private int locked;

    /** @param waits for locks that all of a batch needs */
    Writing(BatchTransaction<I, T> transaction, boolean waits, Told<T> told) {
        this.transaction = transaction;
        this.waits = waits;
        this.told = told;
    }

    /** Who is told what came of each item; {@code item} counts from where the call begins. */
    interface Told<T> {
        void answered(int item, Acceptance<T> answer);

        /** @param fault of the item, or of ours */
        void failed(int item, Throwable fault);

        /**
         * Nothing of it is written, since it needs a lock that somebody holds.
         *
         * @param spoils whether others that it is written with fail too
         */
        void locked(int item, Throwable why, boolean spoils);
    }

    /**
     * Tells of each item that was dealt with. Returns why the rest of them was not tried, null where all were.
     *
     * @param first the number of the first of the batch
     */
    @Nullable
    Throwable write(List<I> batch, int first) {
        List<@Nullable Acceptance<T>> answers;
        try {
            answers = writeOrAgain(batch);
        } catch (RuntimeException | Error e) {
            return divide(batch, first, e);
        }
        try {
            transaction.committed(answers);
        } catch (RuntimeException | Error e) {
            LOG.warn(
                    "{} items are stored, but what follows a commit failed; they are found all the same",
                    batch.size(),
                    e);
        }
        for (int i = 0; i < batch.size(); i++) {
            Acceptance<T> answer = answers.get(i);
            if (answer == null) {
                told.locked(first + i, RefusedException.away(), false);
            } else {
                told.answered(first + i, answer);
            }
        }
        return null;
    }

    private List<@Nullable Acceptance<T>> writeOrAgain(List<I> batch) {
        try {
            return transaction.write(batch, waits);
        } catch (RuntimeException e) {
            if (DatabaseFault.of(e) == DatabaseFault.COLLISION) {
                return transaction.write(batch, waits);
            }
            throw e;
        }
    }

    private @Nullable Throwable divide(List<I> batch, int first, Throwable why) {
        DatabaseFault fault = DatabaseFault.of(why);
        boolean isLock = fault == DatabaseFault.LOCKED;
        if (isLock) {
            locked++;
        }
        if (isLock ? locked >= MOST_LOCKED : fault.isOfTheCircumstances()) {
            return why;
        }
        if (batch.size() == 1) {
            if (isLock) {
                told.locked(first, why, true);
            } else {
                told.failed(first, why);
            }
            return null;
        }
        int half = batch.size() / 2;
        Throwable untried = write(batch.subList(0, half), first);
        return untried != null ? untried : write(batch.subList(half, batch.size()), first + half);
    }
}
