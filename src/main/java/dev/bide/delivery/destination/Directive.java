package dev.bide.delivery.destination;

import org.jspecify.annotations.Nullable;

/**
 * What somebody has set for a destination, as far as this node has to hold it.
 *
 * @param host as calls go by it: in small letters, an address without brackets
 * @param maxConcurrentCalls this node's share, 0 where there are fewer calls than nodes; null as configured
 * @param callsPerSecond the same
 * @param paused no call begins
 */
public record Directive(
        String host,
        int port,
        @Nullable Integer maxConcurrentCalls,
        @Nullable Integer callsPerSecond,
        boolean paused) {}
