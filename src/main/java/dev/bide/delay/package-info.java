/**
 * WHEN: what a delay is, its JSON, and the rules that turn it into a due time.
 *
 * <p>Pure values and functions: no clock, no database, no Quartz. Of ours it imports {@code json}. Everything here is immutable, so any thread may run in it.
 */
@NullMarked
package dev.bide.delay;

import org.jspecify.annotations.NullMarked;
