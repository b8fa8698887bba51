package dev.bide.workflow.figures;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What a change to many would find.
 *
 * @param earliestDueAt of those that were counted; null where there are none, or where none has a due time
 * @param sample the first of them
 */
public record Matching(
        long count,
        @Nullable Instant earliestDueAt,
        @Nullable Instant latestDueAt,
        List<Sample> sample) {
    /** So many are shown. */
    public static final int SAMPLES = 10;

    public static final Matching NONE = new Matching(0, null, null, List.of());

    public Matching {
        sample = List.copyOf(sample);
    }

    /** One of them; when it is due, where that is known. */
    public record Sample(UUID id, @Nullable Instant dueAt) {}

    /** Both together, those of this one first. */
    public Matching plus(Matching later) {
        return new Matching(
                count + later.count,
                least(earliestDueAt, later.earliestDueAt),
                greatest(latestDueAt, later.latestDueAt),
                Stream.concat(sample.stream(), later.sample.stream())
                        .limit(SAMPLES)
                        .toList());
    }

    /** As two columns have them: ids, and when each is due. */
    public static List<Sample> samples(List<UUID> ids, List<@Nullable Instant> dueTimes) {
        List<Sample> samples = new ArrayList<>();
        for (int i = 0; i < ids.size(); i++) {
            samples.add(new Sample(ids.get(i), dueTimes.get(i)));
        }
        return samples;
    }

    private static @Nullable Instant least(@Nullable Instant one, @Nullable Instant other) {
        if (one == null || other == null) {
            return one == null ? other : one;
        }
        return one.isBefore(other) ? one : other;
    }

    private static @Nullable Instant greatest(@Nullable Instant one, @Nullable Instant other) {
        if (one == null || other == null) {
            return one == null ? other : one;
        }
        return one.isBefore(other) ? other : one;
    }
}
