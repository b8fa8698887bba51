package dev.bide.http.answer;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.bide.delay.DueTime;
import dev.bide.engine.trial.Simulation;
import dev.bide.workflow.Action;
import java.time.Instant;
import java.time.ZoneId;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** A run on paper as the contract shows it. */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record SimulationAnswer(List<Step> steps, @Nullable Instant endsAt) {

    public static SimulationAnswer of(Simulation simulation) {
        return new SimulationAnswer(simulation.steps().stream().map(Step::of).toList(), simulation.endsAt());
    }

    /** @param local when it is due, with the zone's offset */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Step(
            UUID taskId,
            String name,
            Instant from,
            @Nullable Instant dueAt,
            @Nullable String local,
            ZoneId timezone,
            String rule,
            @Nullable ClockChangeAnswer clockChange,
            boolean skipped,
            @Nullable Action request,
            @Nullable String error) {

        private static Step of(Simulation.Step step) {
            DueTime due = step.explained().due();
            return new Step(
                    step.task().id(),
                    step.task().name(),
                    step.from(),
                    due instanceof DueTime.Due moment ? moment.at() : null,
                    ExplainedAnswer.local(step.explained()),
                    step.explained().zone(),
                    step.explained().rule(),
                    ClockChangeAnswer.of(step.explained().clockChange()),
                    due instanceof DueTime.Skipped,
                    step.request(),
                    step.error());
        }
    }
}
