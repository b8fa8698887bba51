package dev.bide.json;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The errors found in one object, or in one item of a list. Not thread-safe. */
public final class FieldErrors {
    private final boolean failing;
    private final List<FieldError> errors = new ArrayList<>(0);
    private int noted;

    private FieldErrors(boolean failing) {
        this.failing = failing;
    }

    /** All of them, so that who sent it can mend it at once. */
    public static FieldErrors collecting() {
        return new FieldErrors(false);
    }

    /** Only the first, which is thrown as {@link InvalidException}: for what is read for its own sake, wherever it stands. */
    public static FieldErrors failing() {
        return new FieldErrors(true);
    }

    public void add(FieldPath path, String message) {
        if (failing) {
            throw new InvalidException(List.of(path.error(message)));
        }
        noted++;
        if (errors.size() < FieldError.MOST) {
            errors.add(path.error(message));
        }
    }

    /** What {@code value} supplies; null, with its errors below {@code path}, where it refuses. */
    public <T> @Nullable T check(FieldPath path, Supplier<T> value) {
        try {
            return value.get();
        } catch (InvalidException e) {
            e.errors().forEach(error -> add(path.field(error.field()), error.message()));
            return null;
        }
    }

    /** How many were noted, also of those that are not kept: whoever compares it before and after sees each. */
    public int count() {
        return noted;
    }

    boolean isEmpty() {
        return errors.isEmpty();
    }

    boolean has(FieldPath path) {
        String field = path.toString();
        return errors.stream().anyMatch(error -> error.field().equals(field));
    }

    List<FieldError> list() {
        return List.copyOf(errors);
    }

    /** Throws them where there are any. */
    void refuse() {
        if (!errors.isEmpty()) {
            throw new InvalidException(errors);
        }
    }
}
