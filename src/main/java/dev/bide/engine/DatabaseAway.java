package dev.bide.engine;

import dev.bide.jobstore.DatabaseFault;
import org.jspecify.annotations.Nullable;

/** The engine's door to what its job store knows of faults of the database. */
public final class DatabaseAway {
    private DatabaseAway() {}

    /** Whether {@code fault} lies in the circumstances, where the same may succeed in a moment: to be answered 503, and not to be looked for in the data. */
    public static boolean is(@Nullable Throwable fault) {
        return DatabaseFault.of(fault).isOfTheCircumstances();
    }
}
