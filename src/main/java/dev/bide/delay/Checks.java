package dev.bide.delay;

import dev.bide.json.InvalidException;
import java.time.LocalTime;
import java.time.ZoneId;
import org.jspecify.annotations.Nullable;

/** What every delay with these fields demands of them. */
final class Checks {

    private Checks() {}

    static void timeOfDay(@Nullable LocalTime at) {
        if (at != null && at.getNano() != 0) {
            throw new InvalidException("at", "must be in whole seconds");
        }
    }

    static void timezone(@Nullable ZoneId timezone) {
        if (timezone != null && !ZoneNames.isNamed(timezone)) {
            throw new InvalidException("timezone", ZoneNames.RULE);
        }
    }
}
