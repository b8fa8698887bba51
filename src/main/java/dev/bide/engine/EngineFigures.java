package dev.bide.engine;

import dev.bide.jobstore.Statistics;
import org.jspecify.annotations.Nullable;

/**
 * What this node has in hand now.
 *
 * @param inFlight timers that have fired and are not settled yet
 * @param timersToStore new timers that wait to be stored
 * @param runsToStore new runs that wait to be stored
 * @param worker whether it fires timers
 * @param threads calls that may be under way at once
 * @param writersAlive whether what is brought to be stored will be
 * @param control of the job store of the upkeep; null on a node that does none
 */
public record EngineFigures(
        int inFlight,
        int timersToStore,
        int runsToStore,
        boolean worker,
        int threads,
        boolean writersAlive,
        Statistics jobStore,
        @Nullable Statistics control) {}
