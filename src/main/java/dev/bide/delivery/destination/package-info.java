/**
 * What one destination (a host and port) can take: its places, rate, breaker and pauses, its share of the threads, and the lanes that are held for it. May import
 * {@code delivery}'s values, {@code delivery.address} and {@code delivery.lease}; open to {@code delivery}, and its lanes to whoever keeps the timers. Safe for any number of threads; has none of its own.
 */
@NullMarked
package dev.bide.delivery.destination;

import org.jspecify.annotations.NullMarked;
