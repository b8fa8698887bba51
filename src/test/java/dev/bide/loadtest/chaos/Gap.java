package dev.bide.loadtest.chaos;

import java.util.Collection;

/** The longest time in which nothing of a kind happened; milliseconds since 1970. */
record Gap(long from, long to) {
    Gap {
        if (to < from) {
            throw new IllegalArgumentException("to: ends before it begins");
        }
    }

    /**
     * The longest between two of these moments, or between one and an end of that time. One that began before that time counts from where it began.
     *
     * @param moments in no order
     */
    static Gap longest(Collection<Long> moments, long from, long to) {
        long before = moments.stream()
                .mapToLong(Long::longValue)
                .filter(moment -> moment <= from)
                .max()
                .orElse(from);
        long[] within = moments.stream()
                .mapToLong(Long::longValue)
                .filter(moment -> moment > from && moment <= to)
                .sorted()
                .toArray();
        Gap longest = new Gap(before, before);
        for (long moment : within) {
            longest = longer(longest, new Gap(before, moment));
            before = moment;
        }
        return longer(longest, new Gap(before, Math.max(before, to)));
    }

    private static Gap longer(Gap one, Gap other) {
        return other.millis() > one.millis() ? other : one;
    }

    long millis() {
        return to - from;
    }
}
