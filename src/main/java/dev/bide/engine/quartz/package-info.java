/**
 * Timers as Quartz has them: delay to trigger, the triggers of timers, the scheduler, what of the due ones is left where it is. The lowest room of the engine; may
 * import {@code delay}, {@code workflow}, {@code delivery} and {@code jobstore}. Runs in its callers' threads and transactions.
 */
@NullMarked
package dev.bide.engine.quartz;

import org.jspecify.annotations.NullMarked;
