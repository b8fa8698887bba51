/**
 * Lists of timers and runs, page by page: looks in one place after the other, what they found put together, the rows read at last. May import {@code engine.quartz},
 * {@code workflow}. Everything runs on the caller's thread.
 */
@NullMarked
package dev.bide.engine.list;

import org.jspecify.annotations.NullMarked;
