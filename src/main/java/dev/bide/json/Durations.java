package dev.bide.json;

import java.time.Duration;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Durations as they are sent: ISO-8601, in what has one length everywhere, a day being 24 hours. */
public final class Durations {
    private static final String RULE = "must be a duration such as PT10S";

    private static final Pattern DURATION =
            Pattern.compile("P(?!$)(?:(\\d{1,9})Y)?(?:(\\d{1,9})M)?(?:(\\d{1,9})W)?(?:(\\d{1,9})D)?"
                    + "(?:T(?=\\d)(?:(\\d{1,9})H)?(?:(\\d{1,9})M)?(?:(\\d{1,9})(?:[.,](\\d{1,9}))?S)?)?");

    private static final int DAYS = 4;
    private static final int HOURS = 5;
    private static final int MINUTES = 6;
    private static final int SECONDS = 7;
    private static final int FRACTION = 8;

    private Durations() {}

    /**
     * The duration.
     *
     * @throws IllegalArgumentException if it is none, worded to follow the field's name
     */
    public static Duration parse(String text) {
        Matcher parts = DURATION.matcher(text.toUpperCase(Locale.ROOT));
        if (!parts.matches()) {
            throw new IllegalArgumentException(
                    text.indexOf('-') >= 0 || text.indexOf('+') >= 0
                            ? "must be a duration without a sign, such as PT10S"
                            : RULE);
        }
        refuse(parts.group(1), "years");
        refuse(parts.group(2), "months");
        refuse(parts.group(3), "weeks");
        return Duration.ofDays(number(parts.group(DAYS)))
                .plusHours(number(parts.group(HOURS)))
                .plusMinutes(number(parts.group(MINUTES)))
                .plusSeconds(number(parts.group(SECONDS)))
                .plusNanos(nanos(parts.group(FRACTION)));
    }

    /** None of them may be there but as a nought: a year has no one length, and a week is easily taken for one of working days. */
    private static void refuse(@Nullable String count, String unit) {
        if (number(count) > 0) {
            throw new IllegalArgumentException("must be a duration without " + unit + ", such as P7D or PT10S");
        }
    }

    private static long number(@Nullable String digits) {
        return digits == null ? 0 : Long.parseLong(digits);
    }

    private static long nanos(@Nullable String digits) {
        return digits == null ? 0 : Long.parseLong((digits + "00000000").substring(0, 9));
    }
}
