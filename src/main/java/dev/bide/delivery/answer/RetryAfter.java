package dev.bide.delivery.answer;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.Month;
import java.time.ZoneOffset;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import okhttp3.Headers;
import org.jspecify.annotations.Nullable;

/**
 * The header {@code Retry-After}: seconds, or a date in one of the three forms there are. Source: RFC 9110 sections 10.2.3 and 5.6.7. What day of the week a
 * date claims to be is not looked at.
 */
public final class RetryAfter {

    public static final String NAME = "Retry-After";

    private static final Duration LONGEST = Duration.ofDays(3650);

    /** {@code Sun, 06 Nov 1994 08:49:37 GMT} and {@code Sunday, 06-Nov-94 08:49:37 GMT}. */
    private static final Pattern DATE = Pattern.compile(
            "[A-Za-z]+, *(\\d{1,2})[ -]([A-Za-z]{3})[ -](\\d{4}|\\d{2}) (\\d{2}):(\\d{2}):(\\d{2}) (?:GMT|UTC)");

    /** {@code Sun Nov  6 08:49:37 1994}. */
    private static final Pattern ASCTIME =
            Pattern.compile("[A-Za-z]{3} ([A-Za-z]{3}) +(\\d{1,2}) (\\d{2}):(\\d{2}):(\\d{2}) (\\d{4})");

    private RetryAfter() {}

    /** Null where there is none, or none that can be read. Never negative. */
    public static @Nullable Duration parse(@Nullable Headers headers, Instant now) {
        String value = headers == null ? null : headers.get(NAME);
        if (value == null || value.isEmpty()) {
            return null;
        }
        if (value.chars().allMatch(c -> c >= '0' && c <= '9')) {
            return value.length() > 9 ? LONGEST : shorter(Duration.ofSeconds(Long.parseLong(value)));
        }
        Instant date = date(value, now);
        if (date == null) {
            return null;
        }
        Duration wait = Duration.between(now, date);
        return wait.isNegative() ? Duration.ZERO : shorter(wait);
    }

    private static @Nullable Instant date(String text, Instant now) {
        Matcher date = DATE.matcher(text);
        if (date.matches()) {
            String year = date.group(3);
            int number = Integer.parseInt(year);
            return instant(
                    year.length() == 2 ? fullYear(number, now) : number,
                    date.group(2),
                    date.group(1),
                    date.group(4),
                    date.group(5),
                    date.group(6));
        }
        Matcher asctime = ASCTIME.matcher(text);
        return asctime.matches()
                ? instant(
                        Integer.parseInt(asctime.group(6)),
                        asctime.group(1),
                        asctime.group(2),
                        asctime.group(3),
                        asctime.group(4),
                        asctime.group(5))
                : null;
    }

    /** Of two digits: one that would be more than 50 years on is in the past. */
    private static int fullYear(int twoDigits, Instant now) {
        int year = now.atOffset(ZoneOffset.UTC).getYear();
        int full = year - year % 100 + twoDigits;
        if (full > year + 50) {
            return full - 100;
        }
        return full <= year - 50 ? full + 100 : full;
    }

    private static @Nullable Instant instant(
            int year, String month, String day, String hour, String minute, String second) {
        int number = "jan feb mar apr may jun jul aug sep oct nov dec".indexOf(month.toLowerCase(Locale.ROOT));
        if (number < 0 || number % 4 != 0) {
            return null;
        }
        try {
            // A leap second counts as the one before.
            return LocalDateTime.of(
                            year,
                            Month.of(number / 4 + 1),
                            Integer.parseInt(day),
                            Integer.parseInt(hour),
                            Integer.parseInt(minute),
                            Math.min(59, Integer.parseInt(second)))
                    .toInstant(ZoneOffset.UTC);
        } catch (DateTimeException e) {
            return null;
        }
    }

    private static Duration shorter(Duration wait) {
        return wait.compareTo(LONGEST) < 0 ? wait : LONGEST;
    }
}
