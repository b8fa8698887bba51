package dev.bide.delivery.destination;

import org.jspecify.annotations.Nullable;

/**
 * What somebody has set for a destination, for the whole cluster.
 *
 * @param host as calls go by it: in small letters, an address without brackets
 * @param maxConcurrentCalls null as configured
 * @param callsPerSecond the same
 * @param paused no call begins
 */
public record Directive(
        String host,
        int port,
        @Nullable Integer maxConcurrentCalls,
        @Nullable Integer callsPerSecond,
        boolean paused) {}
