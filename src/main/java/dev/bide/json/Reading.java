package dev.bide.json;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What was read of an object.
 *
 * @param draft null where there are errors
 * @param always the text of the member that is read however much else is wrong; null where it is none, or is itself at fault
 * @param <T> a draft
 */
public record Reading<T>(
        @Nullable T draft,
        List<FieldError> errors,
        @Nullable String always) {
    public Reading {
        errors = List.copyOf(errors);
    }

    /** The draft; {@link InvalidException} where there is none. */
    public T orRefuse() {
        if (draft == null) {
            throw new InvalidException(errors);
        }
        return draft;
    }
}
