package dev.bide.loadtest.chaos;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** When a timer could have been due at a moment, given what had been asked for and answered by then. */
final class DueTimes {
    /** While it is paused. */
    static final long NEVER = Long.MAX_VALUE;

    private DueTimes() {}

    /** The earliest due time that the timer may have had at {@code at}: before that nobody may call. Milliseconds since 1970. */
    static long earliest(Subject subject, long at) {
        List<Long> possible = new ArrayList<>();
        List<Long> doubtful = new ArrayList<>();
        possible.add(Math.max(subject.dueAt(), subject.sentAt() + subject.askedMillis()));
        for (Change change : subject.changes()) {
            if (change.kind() == Change.Kind.CANCEL || change.sentAt() > at) {
                continue;
            }
            if (change.doubtful()) {
                // May have been done at any time, even after later ones.
                doubtful.add(due(change));
            } else if (change.done()) {
                if (change.answeredAt() < at) {
                    possible.clear();
                }
                possible.add(due(change));
            }
        }
        return Stream.concat(possible.stream(), doubtful.stream())
                .mapToLong(Long::longValue)
                .min()
                .orElseThrow();
    }

    private static long due(Change change) {
        return switch (change.kind()) {
            case PAUSE -> NEVER;
            case RESCHEDULE -> Math.max(change.dueAt(), change.sentAt() + change.askedMillis());
            case RESUME -> change.dueAt();
            case CANCEL -> throw new IllegalArgumentException("a cancel gives no due time");
        };
    }
}
