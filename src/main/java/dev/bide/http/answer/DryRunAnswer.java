package dev.bide.http.answer;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.bide.engine.OperationCounts;
import dev.bide.workflow.figures.Matching;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** What a change to many would find, as the contract shows it. @param complete left out where it is true */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record DryRunAnswer(
        long matched,
        @Nullable Boolean complete,
        @Nullable Instant earliestDueAt,
        @Nullable Instant latestDueAt,
        List<Sample> sample) {
    public static DryRunAnswer of(OperationCounts.Count count) {
        Matching matching = count.matching();
        return new DryRunAnswer(
                matching.count(),
                count.complete() ? null : Boolean.FALSE,
                matching.earliestDueAt(),
                matching.latestDueAt(),
                matching.sample().stream()
                        .map(one -> new Sample(one.id(), one.dueAt()))
                        .toList());
    }

    /** One of them. */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record Sample(UUID id, @Nullable Instant dueAt) {}
}
