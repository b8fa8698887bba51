package dev.bide.thirdparty;

import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.eclipse.jetty.util.Fields;
import org.jspecify.annotations.Nullable;

/**
 * What a call's query asks of the receiver: {@code ?status=503}, {@code ?fail=2} (the first two calls with its key), {@code ?failAlways}, {@code ?delay=100ms}
 * or {@code 2s}, {@code ?retryAfter=5} (with answers that fail).
 *
 * @param status of answers that fail, or of all where nothing says which fail
 * @param failures how many calls with the same key fail
 */
record Wish(
        int status, long failures, Duration delay, @Nullable String retryAfter) {
    private static final Pattern DELAY = Pattern.compile("(\\d{1,7})(ms|s|)");
    private static final Duration LONGEST_DELAY = Duration.ofMinutes(10);

    /** A call that asks for nothing. */
    static final Wish NONE = new Wish(200, 0, Duration.ZERO, null);

    Wish {
        if (status < 200 || status > 599) {
            throw new IllegalArgumentException("status must be between 200 and 599");
        }
        if (failures < 0) {
            throw new IllegalArgumentException("fail must not be negative");
        }
        if (delay.compareTo(LONGEST_DELAY) > 0) {
            throw new IllegalArgumentException("delay must be at most 10 minutes");
        }
    }

    /** @throws IllegalArgumentException that names the parameter */
    static Wish of(Fields query) {
        String status = query.getValue("status");
        long failures = failures(query, status != null);
        int failing = number("status", status, failures == Long.MAX_VALUE ? 500 : 503);
        return new Wish(
                failures == 0 ? 200 : failing, failures, delay(query.getValue("delay")), query.getValue("retryAfter"));
    }

    private static long failures(Fields query, boolean statusGiven) {
        String fail = query.getValue("fail");
        if (query.get("failAlways") != null || (fail == null && statusGiven)) {
            return Long.MAX_VALUE;
        }
        return number("fail", fail, 0);
    }

    private static int number(String name, @Nullable String text, int otherwise) {
        try {
            return text == null ? otherwise : Integer.parseInt(text);
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException(name + " must be a number", e);
        }
    }

    private static Duration delay(@Nullable String text) {
        if (text == null) {
            return Duration.ZERO;
        }
        Matcher matcher = DELAY.matcher(text);
        if (!matcher.matches()) {
            throw new IllegalArgumentException("delay must be like 100ms or 2s");
        }
        long amount = Long.parseLong(matcher.group(1));
        return matcher.group(2).equals("s") ? Duration.ofSeconds(amount) : Duration.ofMillis(amount);
    }

    /** @param call how many calls with this key there were, this one included */
    int answer(long call) {
        return call <= failures ? status : 200;
    }
}
