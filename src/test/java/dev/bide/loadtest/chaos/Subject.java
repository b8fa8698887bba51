package dev.bide.loadtest.chaos;

import java.util.ArrayList;
import java.util.List;

/** A timer or a run that the load asked for, and all that was done to it. Times are milliseconds since 1970. Safe for several threads. */
final class Subject {
    /** What becomes of it. */
    enum Kind {
        PLAIN,
        /** The third party refuses the first attempt. */
        FLAKY,
        CANCELLED,
        RESCHEDULED,
        PAUSED,
        RUN,
        RUN_CANCELLED,
        RUN_PAUSED,
        /** For a third party that misbehaves, of which there is no ledger. */
        SLOW;

        boolean run() {
            return this == RUN || this == RUN_CANCELLED || this == RUN_PAUSED;
        }
    }

    private final String name;
    private final Kind kind;
    private final long askedMillis;
    private final List<Change> changes = new ArrayList<>();
    private String id = "";
    private long sentAt;
    private long answeredAt;
    private int status;
    private long dueAt;

    /**
     * @param name its key, and what calls for it say
     * @param askedMillis the delay asked for, of a run that of each step
     */
    Subject(String name, Kind kind, long askedMillis) {
        this.name = name;
        this.kind = kind;
        this.askedMillis = askedMillis;
    }

    /** @param acceptedDueAt 0 where the answer gives none */
    synchronized void answered(int answer, String acceptedId, long acceptedDueAt, long sent, long answered) {
        status = answer;
        id = acceptedId;
        dueAt = acceptedDueAt;
        sentAt = sent;
        answeredAt = answered;
    }

    synchronized void changed(Change change) {
        changes.add(change);
    }

    String name() {
        return name;
    }

    Kind kind() {
        return kind;
    }

    long askedMillis() {
        return askedMillis;
    }

    synchronized String id() {
        return id;
    }

    synchronized long sentAt() {
        return sentAt;
    }

    synchronized long answeredAt() {
        return answeredAt;
    }

    synchronized long dueAt() {
        return dueAt;
    }

    synchronized boolean accepted() {
        return status == 200 || status == 201;
    }

    /** Whether nobody knows if it exists. */
    synchronized boolean unknown() {
        return status == 0 || status >= 500;
    }

    synchronized List<Change> changes() {
        return List.copyOf(changes);
    }

    @Override
    public synchronized String toString() {
        return name + " (" + kind + ", id " + (id.isEmpty() ? "unknown" : id) + "): sent " + sentAt + ", answered "
                + status + " at " + answeredAt + ", due " + dueAt + ", asked for " + askedMillis + " ms; changes "
                + changes;
    }
}
