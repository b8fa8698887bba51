package dev.bide.loadtest;

/**
 * When each request is due to be sent, in nanoseconds after the start; whether the ones before it were answered plays no part.
 *
 * @param count how many requests
 * @param perSecond the rate, of those that rise the one they end with
 * @param rising whether the rate rises evenly from nothing
 */
record Arrivals(long count, double perSecond, boolean rising) {
    private static final double NANOS = 1e9;

    Arrivals {
        if (count < 0 || perSecond <= 0) {
            throw new IllegalArgumentException("count must not be negative, perSecond must be positive");
        }
    }

    static Arrivals steady(double perSecond, int seconds) {
        return new Arrivals(Math.round(perSecond * seconds), perSecond, false);
    }

    static Arrivals rising(double perSecond, int seconds) {
        return new Arrivals(Math.round(perSecond * seconds / 2), perSecond, true);
    }

    static Arrivals atOnce(long count) {
        return new Arrivals(count, NANOS, false);
    }

    /** Of the request with this number, from 0. */
    long nanos(long number) {
        // Rising, after a share x of the time a share x squared of all are due.
        return (long) ((rising ? 2 * Math.sqrt((double) number * count) : number) / perSecond * NANOS);
    }
}
