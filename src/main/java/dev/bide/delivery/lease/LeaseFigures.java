package dev.bide.delivery.lease;

/**
 * For metrics.
 *
 * @param answered asks that Redis answered in time
 * @param failed asks that it did not
 * @param away whether limits are shared out by who lives, though there is a Redis to be asked
 */
public record LeaseFigures(long answered, long failed, boolean away) {
    public static final LeaseFigures NONE = new LeaseFigures(0, 0, false);
}
