package dev.bide.http.answer;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.bide.engine.DestinationView;
import dev.bide.http.request.DestinationCursor;
import dev.bide.workflow.figures.Counted;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A destination as the contract shows it. */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record DestinationAnswer(
        String destination,
        String window,
        double callsPerSecond,
        Latency latencyMs,
        DestinationView.Outcomes outcomes,
        int inFlight,
        List<DestinationView.Breaker> breakers,
        Limits limits,
        Counted waiting,
        boolean paused,
        @Nullable Instant pausedAt,
        @Nullable String reason) {
    private static final String WINDOW = "PT1M";
    private static final String SCOPE = "the 500 busiest of each node";

    /** Null where there were no calls, and said so. */
    public record Latency(@Nullable Long p50, @Nullable Long p95) {}

    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Limits(
            int maxConcurrentCalls,
            @Nullable Boolean ofEachNode,
            @Nullable Integer callsPerSecond,
            String from,
            List<String> binding) {}

    /** @param nextCursor asks for the part after it; null at the end */
    public record Page(
            String scope,
            List<DestinationAnswer> items,
            @Nullable String nextCursor) {}

    public static DestinationAnswer of(DestinationView view) {
        return new DestinationAnswer(
                view.name().toString(),
                WINDOW,
                Math.round(view.callsPerSecond() * 10) / 10.0,
                new Latency(view.latency().p50(), view.latency().p95()),
                view.outcomes(),
                view.inFlight(),
                view.breakers(),
                new Limits(
                        view.limits().maxConcurrentCalls(),
                        view.limits().ofEachNode() ? true : null,
                        view.limits().callsPerSecond(),
                        view.limits().set() ? "database" : "configuration",
                        view.limits().binding()),
                view.waiting(),
                view.pausedAt() != null,
                view.pausedAt(),
                view.reason());
    }

    public static Page of(DestinationView.Page page) {
        return new Page(
                SCOPE,
                page.items().stream().map(DestinationAnswer::of).toList(),
                page.next() == null ? null : DestinationCursor.text(page.next()));
    }
}
