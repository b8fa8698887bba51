package dev.bide.http.resource;

import dev.bide.engine.Cluster;
import dev.bide.http.answer.Answers;
import dev.bide.http.answer.DensityAnswer;
import dev.bide.http.problem.RequestException;
import dev.bide.http.request.QueryParameters;
import dev.bide.workflow.figures.Density;
import dev.bide.workflow.figures.DueStore.Buckets;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.Response;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.Set;

/** How many timers come due when. */
@Path("/timers/density")
public final class DensityResource {
    private static final Set<String> PARAMETERS = Set.of("from", "to", "buckets", "workflowId", "taskId", "host");
    private static final int MOST_BUCKETS = 500;
    private static final int BUCKETS = 60;
    private static final int LONGEST_YEARS = 11;

    /** Many who ask for what comes from now on, without a beginning, then ask the same. */
    private static final long NOW_MILLIS = 10_000;

    private final Cluster cluster;
    private final InstantSource clock;
    private final Answers answers;

    public DensityResource(Cluster cluster, InstantSource clock, Answers answers) {
        this.cluster = cluster;
        this.clock = clock;
        this.answers = answers;
    }

    @GET
    public Response density(@Context ContainerRequestContext request) {
        QueryParameters parameters = QueryParameters.of(request, PARAMETERS);
        Density.Asked asked = new Density.Asked(
                buckets(parameters), parameters.id("workflowId"), parameters.id("taskId"), parameters.host());
        if (asked.host() != null && (asked.workflowId() != null || asked.taskId() != null)) {
            throw RequestException.parameter("host", "goes with neither workflowId nor taskId");
        }
        return answers.ok(DensityAnswer.of(QueryParameters.checked(() -> cluster.density(asked))));
    }

    private Buckets buckets(QueryParameters parameters) {
        Instant given = parameters.instant("from");
        Instant from = given == null
                ? Instant.ofEpochMilli(clock.millis() / NOW_MILLIS * NOW_MILLIS)
                : Instant.ofEpochMilli(given.toEpochMilli());
        Instant to = parameters.instant("to");
        if (to == null) {
            throw RequestException.parameter("to", "is required");
        }
        int count = parameters.number("buckets", 1, MOST_BUCKETS, BUCKETS);
        if (to.toEpochMilli() - from.toEpochMilli() < count) {
            throw RequestException.parameter(
                    "to", "must be later than from, by a millisecond for each bucket at least");
        }
        if (to.isAfter(from.atOffset(ZoneOffset.UTC).plusYears(LONGEST_YEARS).toInstant())) {
            throw RequestException.parameter("to", "must be at most " + LONGEST_YEARS + " years after from");
        }
        return new Buckets(from, Instant.ofEpochMilli(to.toEpochMilli()), count);
    }
}
