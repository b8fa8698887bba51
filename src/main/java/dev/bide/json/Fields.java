package dev.bide.json;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.math.BigDecimal;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The fields of one JSON object. Each is taken once, by its type, and out of the object; what is wrong with it is noted, and null answered. A
 * null counts as absent. What is left when all were taken is unknown, and refused.
 */
public final class Fields {
    private static final BigDecimal MOST = BigDecimal.valueOf(Long.MAX_VALUE);

    private final ObjectNode object;
    private final FieldPath path;
    private final FieldErrors errors;
    private final int errorsBefore;

    public Fields(ObjectNode object, FieldPath path, FieldErrors errors) {
        this.object = object;
        this.path = path;
        this.errors = errors;
        this.errorsBefore = errors.count();
    }

    /** What {@code taken} makes of the field {@code name}, noted as missing where that is nothing, and nothing is wrong with it. */
    public <T> @Nullable T required(String name, Function<String, @Nullable T> taken) {
        int before = errors.count();
        T value = taken.apply(name);
        if (value == null && errors.count() == before) {
            error(name, "is required");
        }
        return value;
    }

    public @Nullable JsonNode any(String name) {
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

    public @Nullable String requiredText(String name) {
        return required(name, this::text);
    }

    /** {@code value}, where there is one and {@code rule} does not refuse it: so that each fault is noted, not only the first. */
    public <T> @Nullable T checked(@Nullable T value, Consumer<T> rule) {
        return value == null
                ? null
                : errors.check(path, () -> {
                    rule.accept(value);
                    return value;
                });
    }

    /** What is beyond a long is beyond every limit as well, and answered as the most or the least there is: the limit's own message is the better one. */
    public @Nullable Long wholeNumber(String name) {
        JsonNode value = any(name);
        if (value == null) {
            return null;
        }
        if (value.isIntegralNumber() && value.canConvertToLong()) {
            return value.longValue();
        }
        if (!value.isNumber() || !isFinite(value) || !isWhole(value.decimalValue())) {
            error(name, "must be a whole number");
            return null;
        }
        BigDecimal whole = value.decimalValue();
        return whole.abs().compareTo(MOST) < 0 ? whole.longValueExact() : Long.MAX_VALUE * whole.signum();
    }

    /** Only what was read without its digits may be infinite. */
    private static boolean isFinite(JsonNode number) {
        return !(number.isDouble() || number.isFloat()) || Double.isFinite(number.doubleValue());
    }

    /** JSON knows no other difference between 1 and 1.0. */
    private static boolean isWhole(BigDecimal number) {
        return number.signum() == 0 || number.stripTrailingZeros().scale() <= 0;
    }

    public @Nullable Integer integer(String name) {
        Long number = wholeNumber(name);
        if (number != null && (number > Integer.MAX_VALUE || number < -Integer.MAX_VALUE)) {
            error(name, "is out of range");
            return null;
        }
        return number == null ? null : number.intValue();
    }

    public @Nullable Double number(String name) {
        JsonNode value = any(name);
        if (value == null || value.isNumber()) {
            return value == null ? null : value.doubleValue();
        }
        error(name, "must be a number");
        return null;
    }

    /** False where it is absent. */
    public boolean flag(String name) {
        JsonNode value = any(name);
        if (value != null && !value.isBoolean()) {
            error(name, "must be true or false");
        }
        return value != null && value.booleanValue();
    }

    /** One of the values, spelled as its {@code toString}. */
    public <T> @Nullable T choice(String name, T[] values) {
        String text = text(name);
        if (text == null) {
            return null;
        }
        for (T value : values) {
            if (value.toString().equals(text)) {
                return value;
            }
        }
        error(
                name,
                "must be one of " + Arrays.stream(values).map(Object::toString).collect(Collectors.joining(", ")));
        return null;
    }

    public @Nullable Duration duration(String name) {
        String text = text(name);
        try {
            return text == null ? null : Durations.parse(text);
        } catch (IllegalArgumentException e) {
            error(name, String.valueOf(e.getMessage()));
            return null;
        }
    }

    public @Nullable Instant instant(String name) {
        String text = text(name);
        try {
            return text == null ? null : Instants.parse(text);
        } catch (DateTimeException | ArithmeticException e) {
            error(name, Instants.RULE);
            return null;
        }
    }

    /** Whether the field is there and a list; it is not taken. */
    public boolean holdsList(String name) {
        return object.path(name).isArray();
    }

    /** The instants of a list that {@link #holdsList}: at least one, at most {@code most}. What is wrong with one is noted by its place. */
    public List<Instant> instants(String name, int most) {
        JsonNode list = object.remove(name);
        if (list.isEmpty() || list.size() > most) {
            error(name, "must hold from 1 to " + most + " instants");
            return List.of();
        }
        List<Instant> instants = new ArrayList<>(list.size());
        for (int i = 0; i < list.size(); i++) {
            try {
                instants.add(Instants.parse(list.get(i).asText()));
            } catch (DateTimeException | ArithmeticException e) {
                errors.add(path.field(name).element(i), Instants.RULE);
            }
        }
        return instants;
    }

    /** The fields of the object {@code name}. */
    public @Nullable Fields object(String name) {
        JsonNode value = any(name);
        if (value instanceof ObjectNode fields) {
            return new Fields(fields, path.field(name), errors);
        }
        if (value != null) {
            error(name, "must be an object");
        }
        return null;
    }

    /** Takes fields that answers carry, and that say nothing when they come back. */
    public void ignore(String... names) {
        for (String name : names) {
            object.remove(name);
        }
    }

    public void error(String name, String message) {
        errors.add(path.field(name), message);
    }

    public FieldPath path() {
        return path;
    }

    public FieldErrors errors() {
        return errors;
    }

    /** What is left. */
    public Iterable<String> names() {
        return object::fieldNames;
    }

    /** Refuses what is left, and, where all fields were in order, answers what {@code value} makes of them. */
    public <T> @Nullable T build(Supplier<T> value) {
        refuseOthers("is not a known field");
        return errors.count() == errorsBefore ? errors.check(path, value) : null;
    }

    /** Refuses what is left. */
    public void refuseOthers(String rule) {
        object.fieldNames().forEachRemaining(name -> error(name, rule));
    }
}
