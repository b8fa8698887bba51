package dev.bide.engine;

/**
 * Which node this is, and what it does besides answering requests.
 *
 * @param id unique in the cluster
 * @param worker fires timers
 * @param scheduler does the upkeep
 */
public record Node(String id, boolean worker, boolean scheduler) {}
