package dev.bide.trace;

/**
 * What became of spans since the start.
 *
 * @param exported taken by the receiver
 * @param lost not taken by it, or left out since too many waited for it
 */
public record TraceFigures(long exported, long lost) {
    static final TraceFigures NONE = new TraceFigures(0, 0);
}
