package dev.bide.delay;

import java.time.LocalTime;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import org.jspecify.annotations.Nullable;

/** Lets a test say both ends of a wait as ISO-8601 local times with offset and zone. */
final class Expectations {

    private Expectations() {}

    /** When a wait that begins then is over, in the same zone, which is also the default one; or what else it is. */
    static String due(Delay delay, String from) {
        ZonedDateTime start = ZonedDateTime.parse(from);
        DueTime due = delay.dueTime(start.toInstant(), start.getZone());
        return due instanceof DueTime.Due moment
                ? moment.at().atZone(delay.zoneOr(start.getZone())).toString()
                : due.toString();
    }

    static @Nullable LocalTime time(@Nullable String at) {
        return at == null ? null : LocalTime.parse(at);
    }

    static ZoneId zone(String name) {
        return ZoneId.of(name);
    }
}
