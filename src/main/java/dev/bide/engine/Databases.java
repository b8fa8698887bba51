package dev.bide.engine;

import dev.bide.workflow.store.Database;
import javax.sql.DataSource;

/**
 * One database by connections of several kinds, so that no kind of work waits behind another.
 *
 * @param reads reading by request: a statement that takes seconds is given up
 * @param changes changing by request: the same
 * @param accepting storing new timers and runs
 * @param upkeep what runs in the background: its statements may take minutes, and there are few of these connections
 * @param jobs the job stores'
 * @param checkIns the job stores' too: one each, by which the other nodes know that this one lives
 */
public record Databases(
        Database reads, Database changes, Database accepting, Database upkeep, DataSource jobs, DataSource checkIns) {}
