package dev.bide.engine;

/**
 * What a request for something new came to.
 *
 * @param created false where the same key had made it before
 */
public record Accepted<T>(T value, boolean created) {}
