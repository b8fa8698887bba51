package dev.bide.engine;

import java.util.function.Supplier;

/**
 * Which node this is, and what it does besides answering requests.
 *
 * @param id unique in the cluster
 * @param worker fires timers
 * @param scheduler does the upkeep
 * @param facts what else is to be known of it, now
 */
public record Node(String id, boolean worker, boolean scheduler, Supplier<NodeFacts> facts) {}
