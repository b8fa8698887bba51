package dev.bide.http.answer;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.bide.workflow.figures.Density;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** How many timers come due when, as the contract shows it. */
public record DensityAnswer(boolean exact, @Nullable Double capacityPerSecond, List<Bucket> buckets) {
    public static DensityAnswer of(Density density) {
        return new DensityAnswer(
                density.exact(),
                density.capacityPerSecond(),
                density.buckets().stream().map(Bucket::of).toList());
    }

    /** @param exact false where it is estimated, else left out */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Bucket(
            Instant from, Instant to, long count, @Nullable Boolean exact) {
        static Bucket of(Density.Bucket bucket) {
            return new Bucket(
                    bucket.from(),
                    bucket.to(),
                    bucket.due().count(),
                    bucket.due().exact() ? null : false);
        }
    }
}
