package dev.bide.delay;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.bide.json.FieldErrors;
import dev.bide.json.FieldPath;
import dev.bide.json.Fields;
import dev.bide.json.InvalidException;
import java.time.Instant;
import java.time.LocalTime;
import java.time.ZoneId;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How long to wait: a period, a set of weekdays, or a date.
 *
 * <p>In JSON an object told apart by {@code type} ({@code period}, {@code weekdays}, {@code date}). Reading is strict
 * whatever the {@code ObjectMapper}'s features: unknown fields, numbers as strings and fractions are refused.
 * Writing is canonical: always the same order of fields, none that is null.
 */
public sealed interface Delay permits PeriodDelay, WeekdaysDelay, DateDelay, DayOfYearDelay {
    /** The longest a wait may be, in calendar years. */
    int LONGEST_YEARS = 10;

    /** The delay's own time zone, a name that {@link ZoneNames} knows; null where the run's or workflow's counts. */
    @Nullable
    ZoneId timezone();

    /** The local time of day at which the wait is over; null where it is over some other way. */
    @Nullable
    LocalTime at();

    /**
     * When a wait that begins at {@code from} is over.
     *
     * <p>The rule is applied to the exact {@code from}; the answer is rounded up to a whole millisecond, so that it is
     * never early, and is never before {@code from}. A local time inside a DST gap moves forward by the length of the
     * gap, a local time that occurs twice means the first of the two, and a day starts with the first instant of its
     * local date: the rules of {@link java.time.ZonedDateTime#of} and {@link java.time.LocalDate#atStartOfDay(ZoneId)}.
     *
     * @param from when the wait begins
     * @param defaultZone the zone to use where the delay has none of its own
     * @throws InvalidException with field {@code from} if that is outside the years 1 to 9999
     */
    DueTime dueTime(Instant from, ZoneId defaultZone);

    /** The delay's own zone, else the given one. */
    default ZoneId zoneOr(ZoneId defaultZone) {
        ZoneId own = timezone();
        return own == null ? defaultZone : own;
    }

    /**
     * Reads a delay from the fields of its JSON object, and takes them out of it. A field whose value is null counts as absent.
     *
     * @throws InvalidException naming the first field that is wrong
     */
    @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
    static Delay fromJson(ObjectNode fields) {
        return DelayReader.read(new Fields(fields, FieldPath.ROOT, FieldErrors.failing()));
    }

    /** The fields of the canonical JSON object, in order; {@link #fromJson} of it equals this delay. */
    @JsonValue
    Map<String, Object> toJson();
}
