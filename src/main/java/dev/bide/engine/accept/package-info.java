/**
 * New timers and runs, many of them written in one transaction. May import {@code engine.quartz}, {@code json}, {@code delay}, {@code workflow}, {@code workflow.store}, of {@code engine} what is asked for and what came of it, {@code jobstore.DatabaseFault} and {@code trace}. Threads of its own write; whoever asks is told by a future.
 */
@NullMarked
package dev.bide.engine.accept;

import org.jspecify.annotations.NullMarked;
