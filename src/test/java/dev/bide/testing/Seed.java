package dev.bide.testing;

import java.util.Random;

/**
 * The seed of this JVM's random tests: another one in each, unless {@code -Dseed=} gives it. A test that draws from it
 * puts {@link #hint} into its failures, so that it can be run again.
 */
public final class Seed {

    public static final long VALUE = Long.getLong("seed", System.nanoTime());

    private Seed() {}

    /** Randomness that starts afresh from the seed, so that one test does not depend on those before it. */
    public static Random random() {
        return new Random(VALUE);
    }

    /** How to see the same again. */
    public static String hint() {
        return "run again with -Dseed=" + VALUE;
    }
}
