package dev.bide.jobstore;

/**
 * What this node's store has done since it was initialised, and how it stands. A snapshot; the figures are not read at one instant.
 *
 * @param acquired triggers taken
 * @param fired executions handed to the scheduler
 * @param completed executions whose completion is committed
 * @param recovered executions of dead nodes (or of this id's earlier life) that this node put back to fire again
 * @param released triggers taken but given back without firing
 * @param abandoned executions that another node took over before they were completed here
 * @param poisoned triggers set to the state ERROR because they could not be read, or their completion could not be written
 * @param buffered completions waiting to be written
 * @param inHand triggers in this node's hands: taken and not completed
 * @param statements SQL statements executed on the way from waiting to done
 * @param acquisitions transactions that looked for due triggers
 * @param completions transactions that wrote completions
 * @param lastAcquired size of the last batch taken
 * @param lastCompleted size of the last batch of completions
 * @param leaseHeld whether this node may act: see {@link PostgresJobStore#holdsLease}
 * @param checkInAgeMillis since this node's last check-in that succeeded; 0 where it has not been started
 * @param takeAgeMillis since this node last looked for due triggers and was answered; it grows while the node has no room for more. 0 where it has not been started,
 *     or is in standby
 * @param oldestCompletionMillis how long the oldest completion has waited to be written, but for one that is known to wait for a row that somebody holds; 0 where none
 *     waits
 */
public record Statistics(
        long acquired,
        long fired,
        long completed,
        long recovered,
        long released,
        long abandoned,
        long poisoned,
        int buffered,
        int inHand,
        long statements,
        long acquisitions,
        long completions,
        int lastAcquired,
        int lastCompleted,
        boolean leaseHeld,
        long checkInAgeMillis,
        long takeAgeMillis,
        long oldestCompletionMillis) {}
