package dev.bide.delivery;

import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import okhttp3.Headers;
import org.jspecify.annotations.Nullable;

/** The header {@code Retry-After}: seconds, or a date. Source: RFC 9110 section 10.2.3. */
final class RetryAfter {

    static final String NAME = "Retry-After";

    private static final Duration LONGEST = Duration.ofDays(3650);

    private RetryAfter() {}

    /** Null where there is none, or none that can be read. Never negative. */
    static @Nullable Duration parse(@Nullable Headers headers, Instant now) {
        String value = headers == null ? null : headers.get(NAME);
        if (headers == null || value == null || value.isEmpty()) {
            return null;
        }
        if (value.chars().allMatch(c -> c >= '0' && c <= '9')) {
            return value.length() > 9 ? LONGEST : shorter(Duration.ofSeconds(Long.parseLong(value)));
        }
        Date date = headers.getDate(NAME);
        if (date == null) {
            return null;
        }
        Duration wait = Duration.between(now, date.toInstant());
        return wait.isNegative() ? Duration.ZERO : shorter(wait);
    }

    private static Duration shorter(Duration wait) {
        return wait.compareTo(LONGEST) < 0 ? wait : LONGEST;
    }
}
