/**
 * From waiting to running: taking due triggers, confirming them as they fire, what this node has in its hands, and the lease under which it may. May import
 * {@code internal.sql}, {@code internal.write}, {@code internal.complete} and {@code internal.recover}. Quartz's scheduler thread runs here, and one that watches for
 * new triggers.
 */
@NullMarked
package dev.bide.jobstore.internal.fire;

import org.jspecify.annotations.NullMarked;
