/**
 * The life of a due timer in this node's hands: taken and read, called, settled. May import {@code engine.quartz} and {@code trace}. Threads: the scheduler's pool calls, the job store's
 * flushers settle.
 */
@NullMarked
package dev.bide.engine.deliver;

import org.jspecify.annotations.NullMarked;
