package dev.bide.delay;

import com.fasterxml.jackson.databind.JsonNode;
import dev.bide.json.Fields;
import dev.bide.json.InvalidException;
import java.time.DateTimeException;
import java.time.DayOfWeek;
import java.time.LocalDate;
import java.time.LocalTime;
import java.time.MonthDay;
import java.time.ZoneId;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.Objects;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Which fields each type of delay has in JSON. What is wrong with one ends the reading. */
final class DelayReader {

    private static final Pattern DATE = Pattern.compile("\\d{4}-\\d{2}-\\d{2}");
    private static final Pattern MONTH_DAY = Pattern.compile("--\\d{2}-\\d{2}");
    private static final Pattern TIME_OF_DAY = Pattern.compile("\\d{2}:\\d{2}(:\\d{2})?");
    private static final String DATE_RULE = "must be a date that exists, yyyy-MM-dd, or --MM-dd for every year";

    private DelayReader() {}

    static Delay read(Fields fields) {
        String type = required(fields, "type", fields::text);
        Delay delay =
                switch (type) {
                    case "period" -> period(fields);
                    case "weekdays" -> weekdays(fields);
                    case "date" -> date(fields);
                    default -> throw new InvalidException("type", "must be period, weekdays or date");
                };
        fields.refuseOthers("is not a field of this type of delay");
        return delay;
    }

    private static <T> T required(Fields fields, String name, Function<String, @Nullable T> taken) {
        return Objects.requireNonNull(fields.required(name, taken), name);
    }

    private static Delay period(Fields fields) {
        long amount = required(fields, "amount", fields::wholeNumber);
        PeriodUnit unit = required(fields, "unit", name -> fields.choice(name, PeriodUnit.values()));
        return new PeriodDelay(amount, unit, at(fields), timezone(fields));
    }

    private static Delay weekdays(Fields fields) {
        return new WeekdaysDelay(required(fields, "days", name -> days(fields, name)), at(fields), timezone(fields));
    }

    private static @Nullable Set<DayOfWeek> days(Fields fields, String name) {
        JsonNode list = fields.any(name);
        if (list == null) {
            return null;
        }
        if (!list.isArray()) {
            throw new InvalidException(name, "must be a list of days, such as [\"MONDAY\"]");
        }
        Set<DayOfWeek> days = EnumSet.noneOf(DayOfWeek.class);
        for (JsonNode element : list) {
            DayOfWeek day = Arrays.stream(DayOfWeek.values())
                    .filter(candidate -> candidate.name().equals(element.textValue()))
                    .findFirst()
                    .orElseThrow(() -> new InvalidException(name, "must be from MONDAY to SUNDAY"));
            if (!days.add(day)) {
                throw new InvalidException(name, "must not name " + day + " twice");
            }
        }
        return days;
    }

    private static Delay date(Fields fields) {
        String date = required(fields, "date", fields::text);
        LocalTime at = at(fields);
        IfPast ifPast = fields.choice("ifPast", IfPast.values());
        ZoneId timezone = timezone(fields);
        return date.startsWith("--")
                ? new DayOfYearDelay(parsed("date", date, MONTH_DAY, MonthDay::parse, DATE_RULE), at, ifPast, timezone)
                : new DateDelay(parsed("date", date, DATE, LocalDate::parse, DATE_RULE), at, ifPast, timezone);
    }

    private static @Nullable LocalTime at(Fields fields) {
        String text = fields.text("at");
        return text == null
                ? null
                : parsed("at", text, TIME_OF_DAY, LocalTime::parse, "must be a time of day, HH:mm or HH:mm:ss");
    }

    /** A text of the given form, parsed; the parser itself may accept more. */
    private static <T> T parsed(String name, String text, Pattern form, Function<String, T> parser, String rule) {
        if (form.matcher(text).matches()) {
            try {
                return parser.apply(text);
            } catch (DateTimeException outOfRange) {
                // Falls through: right in form, but there is no such date or time.
            }
        }
        throw new InvalidException(name, rule);
    }

    private static @Nullable ZoneId timezone(Fields fields) {
        String name = fields.text("timezone");
        return name == null ? null : ZoneNames.parse(name);
    }
}
