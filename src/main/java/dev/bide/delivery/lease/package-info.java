/**
 * What of the limits that all workers have together this node may use: its share, by who lives, or what it leases from a Redis. May import {@code delivery.address}; open to
 * {@code delivery} and {@code delivery.destination}. Lettuce lives only here. One thread of its own asks Redis, whose answers come on Lettuce's; nobody else waits for either.
 */
@NullMarked
package dev.bide.delivery.lease;

import org.jspecify.annotations.NullMarked;
