/**
 * A clustered Quartz job store for PostgreSQL that works in sets: Quartz's tables and API, one statement per step for a whole batch, no cluster-wide
 * lock on the way of a trigger from waiting to done.
 *
 * <p>Imports nothing of ours, so that any Quartz project on PostgreSQL can take it. Threads: Quartz's scheduler thread (acquire, fire), its job threads
 * (which only put completions into a buffer), Quartz's cluster and misfire threads, and two of its own (completions, watching for new triggers).
 */
@NullMarked
package dev.bide.jobstore;

import org.jspecify.annotations.NullMarked;
