package dev.bide.delivery;

import org.jspecify.annotations.Nullable;

/** Foreign text and exceptions, made fit to be kept and shown. */
final class Text {

    private Text() {}

    /** One line without control characters or broken surrogates, at most as long as an error may be. */
    static String printable(@Nullable String text) {
        if (text == null) {
            return "";
        }
        StringBuilder kept = new StringBuilder();
        text.codePoints()
                .limit(DeliveryOutcome.MAX_ERROR_LENGTH)
                .map(c -> Character.isISOControl(c) || c == 0x2028 || c == 0x2029 ? ' ' : c)
                .map(c -> c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE ? 0xfffd : c)
                .takeWhile(c -> kept.length() + Character.charCount(c) <= DeliveryOutcome.MAX_ERROR_LENGTH)
                .forEach(kept::appendCodePoint);
        return kept.toString().strip();
    }

    /** The exception itself or the first cause of a kind. */
    static <T extends Throwable> @Nullable T find(Class<T> kind, Throwable exception) {
        Throwable next = exception;
        for (int depth = 0; next != null && depth < 10; depth++) {
            if (kind.isInstance(next)) {
                return kind.cast(next);
            }
            next = next.getCause();
        }
        return null;
    }
}
