/**
 * DO: starting runs, storing timers with their Quartz triggers, the Quartz job, settling outcomes, changing and cancelling, repair. This is the front: what is asked of
 * the engine, and its parts put together. May import {@code json}, {@code delay}, {@code workflow}, {@code delivery} and {@code jobstore}.
 *
 * <p>Threads: the public services run on their callers' threads; the job on the scheduler's pool; settling on the job store's flushers.
 *
 * <p>Lock order in every transaction: Quartz trigger row, fired-trigger row, timer row, run row; rows of one kind in order of id.
 */
@NullMarked
package dev.bide.engine;

import org.jspecify.annotations.NullMarked;
