package dev.bide.http.answer;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.bide.engine.Problems;
import dev.bide.http.request.WrittenIds;
import dev.bide.workflow.figures.DeadStore;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Dead timers in groups, as the contract shows them. @param scope what was looked at */
public record ProblemsAnswer(String scope, List<Group> items) {
    public static ProblemsAnswer of(Problems.Found found) {
        DeadStore.Groups groups = found.groups();
        return new ProblemsAnswer(
                found.complete() ? "all " + groups.matching() : "newest " + groups.looked(),
                groups.groups().stream().map(ProblemsAnswer::group).toList());
    }

    private static Group group(DeadStore.Group group) {
        return new Group(
                WrittenIds.problem(group.death().problem()),
                group.death().host(),
                group.death().outcome(),
                group.death().httpStatus(),
                group.death().text(),
                group.count(),
                group.first(),
                group.last(),
                group.workflowIds(),
                group.samples());
    }

    /** Those that died alike. */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Group(
            String problem,
            String host,
            String outcome,
            @Nullable Integer httpStatus,
            String text,
            long count,
            Instant firstAt,
            Instant lastAt,
            List<UUID> workflowIds,
            List<UUID> samples) {}
}
