/**
 * A clustered Quartz job store for PostgreSQL that works in sets: Quartz's tables and API, one statement per step for a whole batch, no cluster-wide
 * lock on the way of a trigger from waiting to done. What is public here is for its users; below {@code internal} is how it works, and closed to them.
 *
 * <p>Imports nothing of ours, so that any Quartz project on PostgreSQL can take it. Threads: Quartz's scheduler thread (acquire, fire), its job threads
 * (which only put completions into a buffer), Quartz's misfire thread (its cluster thread has nothing to do), and four of its own: completions, watching for new
 * triggers, check-ins, taking over. Whoever decides by time goes by the store's clock, and whoever begins something by the lease.
 */
@NullMarked
package dev.bide.jobstore;

import org.jspecify.annotations.NullMarked;
