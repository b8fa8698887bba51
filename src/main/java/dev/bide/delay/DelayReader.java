package dev.bide.delay;

import java.time.LocalDate;
import java.time.LocalTime;
import java.time.MonthDay;
import java.time.ZoneId;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Which fields each type of delay has in JSON. */
final class DelayReader {

    private static final Pattern DATE = Pattern.compile("\\d{4}-\\d{2}-\\d{2}");
    private static final Pattern MONTH_DAY = Pattern.compile("--\\d{2}-\\d{2}");
    private static final Pattern TIME_OF_DAY = Pattern.compile("\\d{2}:\\d{2}(:\\d{2})?");
    private static final String DATE_RULE = "must be a date that exists, yyyy-MM-dd, or --MM-dd for every year";

    private DelayReader() {}

    static Delay read(Map<String, Object> json) {
        JsonFields fields = new JsonFields(json);
        String type = fields.required("type", fields.text("type"));
        Delay delay =
                switch (type) {
                    case "period" -> period(fields);
                    case "weekdays" -> weekdays(fields);
                    case "date" -> date(fields);
                    default -> throw new InvalidDelayException("type", "must be period, weekdays or date");
                };
        fields.refuseOthers();
        return delay;
    }

    private static Delay period(JsonFields fields) {
        long amount = fields.required("amount", fields.integer("amount"));
        PeriodUnit unit = fields.required("unit", fields.choice("unit", PeriodUnit.values()));
        return new PeriodDelay(amount, unit, at(fields), timezone(fields));
    }

    private static Delay weekdays(JsonFields fields) {
        return new WeekdaysDelay(fields.required("days", fields.days("days")), at(fields), timezone(fields));
    }

    private static Delay date(JsonFields fields) {
        String date = fields.required("date", fields.text("date"));
        LocalTime at = at(fields);
        IfPast ifPast = fields.choice("ifPast", IfPast.values());
        ZoneId timezone = timezone(fields);
        if (date.startsWith("--")) {
            MonthDay day = fields.required("date", fields.parsed("date", MONTH_DAY, MonthDay::parse, DATE_RULE));
            return new DayOfYearDelay(day, at, ifPast, timezone);
        }
        LocalDate day = fields.required("date", fields.parsed("date", DATE, LocalDate::parse, DATE_RULE));
        return new DateDelay(day, at, ifPast, timezone);
    }

    private static @Nullable LocalTime at(JsonFields fields) {
        return fields.parsed("at", TIME_OF_DAY, LocalTime::parse, "must be a time of day, HH:mm or HH:mm:ss");
    }

    private static @Nullable ZoneId timezone(JsonFields fields) {
        String name = fields.text("timezone");
        return name == null ? null : ZoneNames.parse(name);
    }
}
