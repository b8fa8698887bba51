package dev.bide.http.request;

import dev.bide.delay.InvalidDelayException;
import dev.bide.http.problem.FieldError;
import dev.bide.http.problem.Problem;
import dev.bide.http.problem.RequestException;
import dev.bide.workflow.InvalidValueException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The errors found in one request, or in one item of a bulk request. Not thread-safe. */
public final class FieldErrors {
    private final List<FieldError> errors = new ArrayList<>(0);
    private int noted;

    void add(FieldPath path, String message) {
        noted++;
        if (errors.size() < FieldError.MOST) {
            errors.add(new FieldError(path.toString(), message));
        }
    }

    /** What {@code value} supplies; null, with an error, where it refuses. */
    <T> @Nullable T check(FieldPath path, Supplier<T> value) {
        try {
            return value.get();
        } catch (InvalidValueException e) {
            add(path.field(e.field()), String.valueOf(e.getMessage()));
        } catch (InvalidDelayException e) {
            add(path.field(e.field()), ruleOf(e));
        }
        return null;
    }

    /** The message of a delay's exception begins with its field, which stands in the path already. */
    public static String ruleOf(InvalidDelayException e) {
        return FieldError.withoutField(e.field(), String.valueOf(e.getMessage()));
    }

    /** How many were noted, also of those that are not kept: whoever compares it before and after sees each. */
    int count() {
        return noted;
    }

    boolean isEmpty() {
        return errors.isEmpty();
    }

    List<FieldError> list() {
        return List.copyOf(errors);
    }

    /** Ends the request with 422 if there is any. */
    void refuse() {
        if (!errors.isEmpty()) {
            throw new RequestException(Problem.invalid(errors));
        }
    }
}
