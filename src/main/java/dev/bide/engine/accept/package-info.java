/**
 * New timers and runs, many of them written in one transaction. May import {@code engine.quartz} and {@code json}. Threads of its own write; whoever asks is told by a future.
 */
@NullMarked
package dev.bide.engine.accept;

import org.jspecify.annotations.NullMarked;
