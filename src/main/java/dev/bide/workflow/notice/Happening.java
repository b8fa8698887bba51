package dev.bide.workflow.notice;

import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Something of one kind that has happened, once or often, and to what: counted together until people are told.
 *
 * @param subject what it is about: a destination, a node, an operation; the workflow's id where it has one; empty for the cluster
 * @param workflowId whose timers these were
 * @param firstAt of those that are counted
 * @param samples the first of them
 */
public record Happening(
        NoticeEvent event,
        String subject,
        @Nullable UUID workflowId,
        long count,
        Instant firstAt,
        Instant lastAt,
        List<Sample> samples) {
    public static final int MOST_SAMPLES = 5;

    public Happening {
        samples = List.copyOf(samples);
    }

    /**
     * @param id of the timer or the operation; null where it is neither
     * @param text what is known of it
     */
    public record Sample(@Nullable UUID id, String text) {}

    /** One of its kind, now. */
    public static Happening once(NoticeEvent event, String subject, Instant at, @Nullable UUID id, String text) {
        return new Happening(event, subject, null, 1, at, at, List.of(new Sample(id, text)));
    }
}
