package dev.bide.http.resource;

import dev.bide.engine.Cluster;
import dev.bide.http.answer.Answers;
import dev.bide.http.answer.SeriesAnswer;
import dev.bide.http.answer.StatsAnswer;
import dev.bide.http.request.QueryParameters;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.Response;
import java.time.Duration;
import java.time.Instant;
import java.util.Set;

/** How the cluster does and did. */
@Path("/stats")
public final class StatsResource {
    private final Cluster cluster;
    private final Answers answers;

    public StatsResource(Cluster cluster, Answers answers) {
        this.cluster = cluster;
        this.answers = answers;
    }

    @GET
    public Response stats(@Context ContainerRequestContext request) {
        QueryParameters.of(request, Set.of());
        return answers.ok(StatsAnswer.of(cluster.stats()));
    }

    @GET
    @Path("/series")
    public Response series(@Context ContainerRequestContext request) {
        QueryParameters parameters = QueryParameters.of(request, Set.of("from", "to", "step"));
        Instant from = parameters.instant("from");
        Instant to = parameters.instant("to");
        Duration step = parameters.duration("step");
        return answers.ok(SeriesAnswer.of(QueryParameters.checked(() -> cluster.series(from, to, step))));
    }
}
