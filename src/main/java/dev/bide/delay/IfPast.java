package dev.bide.delay;

import java.util.Locale;

/** What becomes of a wait for a date that has passed already. In JSON its name in lower case. */
public enum IfPast {
    /** Due at once; the default. */
    FIRE,
    /** The call is left out. */
    SKIP,
    /** The delay is refused. */
    REJECT;

    /** The name in JSON. */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
