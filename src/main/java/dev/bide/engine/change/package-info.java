/**
 * Changing what waits: timers, runs and versions of workflows, one by one and many at a time, and finding them. May import {@code engine.quartz}. Threads: the callers',
 * and for operations on many timers the control plane's.
 */
@NullMarked
package dev.bide.engine.change;

import org.jspecify.annotations.NullMarked;
