package dev.bide.http.request;

import dev.bide.http.problem.FieldError;
import dev.bide.http.problem.Problem;
import dev.bide.http.problem.RequestException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What was read of a body, or of an item of one.
 *
 * @param draft null where there are errors
 * @param key of what was to be made, where one could be read, whatever else is wrong
 * @param <T> a draft
 */
public record Read<T>(
        @Nullable T draft,
        List<FieldError> errors,
        @Nullable String key) {
    public Read {
        errors = List.copyOf(errors);
    }

    /** The draft; 422 where there is none. */
    public T orRefuse() {
        if (draft == null) {
            throw refusal();
        }
        return draft;
    }

    public RequestException refusal() {
        return new RequestException(Problem.invalid(errors));
    }
}
