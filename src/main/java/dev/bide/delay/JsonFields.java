package dev.bide.delay;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.DateTimeException;
import java.time.DayOfWeek;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The fields of one JSON object, read strictly; remembers which were asked for, so as to refuse the others. */
final class JsonFields {

    private static final BigDecimal MOST = BigDecimal.valueOf(Long.MAX_VALUE);

    private final Map<String, Object> json;
    private final Set<String> known = new HashSet<>();

    JsonFields(Map<String, Object> json) {
        this.json = json;
    }

    <T> T required(String name, @Nullable T value) {
        if (value == null) {
            throw new InvalidDelayException(name, "is required");
        }
        return value;
    }

    void refuseOthers() {
        for (String name : json.keySet()) {
            if (!known.contains(name)) {
                throw new InvalidDelayException(name, "is not a field of this type of delay");
            }
        }
    }

    @Nullable
    String text(String name) {
        Object value = value(name);
        if (value == null || value instanceof String) {
            return (String) value;
        }
        throw new InvalidDelayException(name, "must be a string");
    }

    @Nullable
    Long integer(String name) {
        Object value = value(name);
        if (value == null) {
            return null;
        }
        if (value instanceof Integer || value instanceof Long) {
            return ((Number) value).longValue();
        }
        // JSON knows no other difference between 1, 1.0 and 1e0; which of them comes as what is the parser's choice.
        if (value instanceof BigInteger big) {
            return clamped(new BigDecimal(big));
        }
        if (value instanceof BigDecimal decimal && isWhole(decimal)) {
            return clamped(decimal);
        }
        if (value instanceof Double number && Double.isFinite(number) && isWhole(BigDecimal.valueOf(number))) {
            return clamped(BigDecimal.valueOf(number));
        }
        throw new InvalidDelayException(name, "must be a whole number");
    }

    private static boolean isWhole(BigDecimal number) {
        return number.signum() == 0 || number.stripTrailingZeros().scale() <= 0;
    }

    /** Beyond a long it is beyond every limit as well; the limit's own message is the better one. */
    private static long clamped(BigDecimal whole) {
        return whole.abs().compareTo(MOST) < 0 ? whole.longValueExact() : Long.MAX_VALUE * whole.signum();
    }

    /** One of the values, spelled as its {@code toString}. */
    <T> @Nullable T choice(String name, T[] values) {
        String text = text(name);
        if (text == null) {
            return null;
        }
        for (T value : values) {
            if (value.toString().equals(text)) {
                return value;
            }
        }
        String all = Arrays.stream(values).map(Object::toString).collect(Collectors.joining(", "));
        throw new InvalidDelayException(name, "must be one of " + all);
    }

    @Nullable
    Set<DayOfWeek> days(String name) {
        Object value = value(name);
        if (value == null) {
            return null;
        }
        if (!(value instanceof List<?> list)) {
            throw new InvalidDelayException(name, "must be a list of days, such as [\"MONDAY\"]");
        }
        Set<DayOfWeek> days = EnumSet.noneOf(DayOfWeek.class);
        for (Object element : list) {
            DayOfWeek day = Arrays.stream(DayOfWeek.values())
                    .filter(candidate -> candidate.name().equals(element))
                    .findFirst()
                    .orElseThrow(() -> new InvalidDelayException(name, "must be from MONDAY to SUNDAY"));
            if (!days.add(day)) {
                throw new InvalidDelayException(name, "must not name " + day + " twice");
            }
        }
        return days;
    }

    /** A string of the given form, parsed; the parser itself may accept more. */
    <T> @Nullable T parsed(String name, Pattern form, Function<String, T> parser, String rule) {
        String text = text(name);
        if (text == null) {
            return null;
        }
        if (form.matcher(text).matches()) {
            try {
                return parser.apply(text);
            } catch (DateTimeException outOfRange) {
                // Falls through: right in form, but there is no such date or time.
            }
        }
        throw new InvalidDelayException(name, rule);
    }

    private @Nullable Object value(String name) {
        known.add(name);
        return json.get(name);
    }
}
