package dev.bide.http.request;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.bide.delay.Delay;
import dev.bide.delay.ZoneNames;
import java.math.BigDecimal;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The fields of one JSON object of a request. Each is taken once, by its type; what is wrong with it is noted, and null answered. A null
 * counts as absent. What is left when all were taken is unknown, and refused.
 */
public final class Fields {
    private static final BigDecimal MOST = BigDecimal.valueOf(Integer.MAX_VALUE);

    private final ObjectNode object;
    private final FieldPath path;
    private final FieldErrors errors;
    private final int errorsBefore;

    Fields(ObjectNode object, FieldPath path, FieldErrors errors) {
        this.object = object;
        this.path = path;
        this.errors = errors;
        this.errorsBefore = errors.count();
    }

    /** {@code value}, noted as missing where {@code name} was not sent at all. To be asked right after {@code name} was taken. */
    <T> @Nullable T required(String name, @Nullable T value, int errorsBeforeIt) {
        if (value == null && errors.count() == errorsBeforeIt) {
            error(name, "is required");
        }
        return value;
    }

    @Nullable
    JsonNode any(String name) {
        JsonNode value = object.remove(name);
        return value == null || value.isNull() ? null : value;
    }

    public @Nullable String text(String name) {
        JsonNode value = any(name);
        if (value == null) {
            return null;
        }
        if (!value.isTextual()) {
            error(name, "must be a string");
            return null;
        }
        if (value.textValue().indexOf('\0') >= 0) {
            error(name, "must not hold the character U+0000");
            return null;
        }
        return value.textValue();
    }

    @Nullable
    String requiredText(String name) {
        int before = errors.count();
        return required(name, text(name), before);
    }

    /** {@code value}, where there is one and {@code rule} does not refuse it: so that each fault is noted, not only the first. */
    <T> @Nullable T checked(@Nullable T value, Consumer<T> rule) {
        return value == null
                ? null
                : errors.check(path, () -> {
                    rule.accept(value);
                    return value;
                });
    }

    @Nullable
    Integer integer(String name) {
        JsonNode value = any(name);
        if (value == null) {
            return null;
        }
        if (!value.isNumber() || !isWhole(value.decimalValue())) {
            error(name, "must be a whole number");
            return null;
        }
        BigDecimal number = value.decimalValue();
        if (number.abs().compareTo(MOST) > 0) {
            error(name, "is out of range");
            return null;
        }
        return number.intValueExact();
    }

    /** JSON knows no other difference between 1 and 1.0. */
    private static boolean isWhole(BigDecimal number) {
        return number.signum() == 0 || number.stripTrailingZeros().scale() <= 0;
    }

    @Nullable
    Double number(String name) {
        JsonNode value = any(name);
        if (value == null || value.isNumber()) {
            return value == null ? null : value.doubleValue();
        }
        error(name, "must be a number");
        return null;
    }

    /** False where it is absent. */
    boolean flag(String name) {
        JsonNode value = any(name);
        if (value != null && !value.isBoolean()) {
            error(name, "must be true or false");
        }
        return value != null && value.booleanValue();
    }

    @Nullable
    Duration duration(String name) {
        String text = text(name);
        try {
            return text == null ? null : Durations.parse(text);
        } catch (IllegalArgumentException e) {
            error(name, String.valueOf(e.getMessage()));
            return null;
        }
    }

    @Nullable
    Instant instant(String name) {
        return parsed(name, Instants::parse, Instants.RULE);
    }

    @Nullable
    ZoneId timezone() {
        String name = text("timezone");
        return name == null ? null : errors.check(path, () -> ZoneNames.parse(name));
    }

    @Nullable
    Delay requiredDelay() {
        int before = errors.count();
        return required("delay", delay(), before);
    }

    @Nullable
    Delay delay() {
        JsonNode value = any("delay");
        if (value instanceof ObjectNode fields) {
            return errors.check(path.field("delay"), () -> Delay.fromJson(PlainValues.map(fields)));
        }
        if (value != null) {
            error("delay", "must be an object");
        }
        return null;
    }

    /** The fields of the object {@code name}. */
    @Nullable
    Fields object(String name) {
        JsonNode value = any(name);
        if (value instanceof ObjectNode fields) {
            return new Fields(fields, path.field(name), errors);
        }
        if (value != null) {
            error(name, "must be an object");
        }
        return null;
    }

    /** What {@code parser} makes of the text; it refuses by {@link DateTimeException}. */
    private <T> @Nullable T parsed(String name, Function<String, T> parser, String rule) {
        String text = text(name);
        if (text == null) {
            return null;
        }
        try {
            return parser.apply(text);
        } catch (DateTimeException | ArithmeticException e) {
            error(name, rule);
            return null;
        }
    }

    /** Takes fields that answers carry, and that say nothing when they come back. */
    void ignore(String... names) {
        for (String name : names) {
            object.remove(name);
        }
    }

    public void error(String name, String message) {
        errors.add(path.field(name), message);
    }

    FieldPath path() {
        return path;
    }

    FieldErrors errors() {
        return errors;
    }

    /** What is left. */
    Iterable<String> names() {
        return object::fieldNames;
    }

    /** Refuses what is left, and, where all fields were in order, answers what {@code value} makes of them. */
    public <T> @Nullable T build(Supplier<T> value) {
        object.fieldNames().forEachRemaining(name -> error(name, "is not a known field"));
        return errors.count() == errorsBefore ? errors.check(path, value) : null;
    }
}
