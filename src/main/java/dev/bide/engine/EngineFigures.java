package dev.bide.engine;

import dev.bide.jobstore.Statistics;

/**
 * What this node has in hand now.
 *
 * @param inFlight timers that have fired and are not settled yet
 * @param timersToStore new timers that wait to be stored
 * @param runsToStore new runs that wait to be stored
 */
public record EngineFigures(int inFlight, int timersToStore, int runsToStore, Statistics jobStore) {}
