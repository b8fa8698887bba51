/**
 * DO: starting runs, storing timers with their Quartz triggers, the Quartz job, settling outcomes, changing and cancelling, repair. This is the front: what is asked of
 * the engine, and its parts put together. May import {@code json}, {@code delay}, {@code workflow}, {@code delivery}, {@code jobstore} and {@code trace}.
 *
 * <p>Threads: the public services run on their callers' threads, but single new timers and runs: the writers of {@code accept} store those, and some of this room's
 * own read what was there before. The job runs on the scheduler's pool, settling on the job store's flushers, upkeep and changes of many on the control plane's.
 *
 * <p>Lock order in every transaction: the workflow, Quartz trigger row, fired-trigger row, timer row, run row; rows of one kind in order of id, new ones that have
 * keys in order of key.
 */
@NullMarked
package dev.bide.engine;

import org.jspecify.annotations.NullMarked;
