/**
 * The ports of the stores, and what is asked of them and comes back: pages, filters, what is due, what is settled, operations on many timers. May import
 * {@code workflow}, {@code workflow.figures}, {@code delay} and {@code json}; open to whoever stores or asks. Everything runs on the caller's thread.
 */
@NullMarked
package dev.bide.workflow.store;

import org.jspecify.annotations.NullMarked;
