package dev.bide.delay;

import dev.bide.json.InvalidException;
import java.time.DateTimeException;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.zone.ZoneRulesException;
import java.time.zone.ZoneRulesProvider;
import java.util.Map;

/**
 * The time zones a user may name: the names of the time zone database, such as {@code Europe/Berlin}, {@code UTC} or
 * {@code Etc/GMT+5}, spelled exactly. Offsets ({@code +02:00}, {@code GMT+2}, {@code Z}) are refused: they are no
 * place's time, and Quartz and PostgreSQL read their sign in opposite ways.
 */
public final class ZoneNames {

    static final String RULE = "must be the name of a time zone, such as Europe/Berlin or UTC";

    /**
     * Names that the time zone database has and JDKs before 23 have not. They stand for what they mean there by now, on every JDK, so
     * that what one node stores another can read.
     */
    private static final Map<String, String> ALIASES =
            Map.of("EST", "America/Panama", "MST", "America/Phoenix", "HST", "Pacific/Honolulu", "ROC", "Asia/Taipei");

    private ZoneNames() {}

    /**
     * The zone of that name.
     *
     * @throws InvalidException with field {@code timezone} if there is none
     */
    public static ZoneId parse(String name) {
        try {
            ZoneId zone = ZoneId.of(ALIASES.getOrDefault(name, name));
            if (isNamed(zone)) {
                return zone;
            }
        } catch (DateTimeException notEvenAnOffset) {
            // Falls through: to the user it is the same mistake.
        }
        throw new InvalidException("timezone", RULE);
    }

    /** Whether the zone is one a user may name, rather than an offset. */
    static boolean isNamed(ZoneId zone) {
        if (zone instanceof ZoneOffset) {
            return false;
        }
        try {
            return ZoneRulesProvider.getRules(zone.getId(), false).equals(zone.getRules());
        } catch (ZoneRulesException unknown) {
            return false;
        }
    }
}
