package dev.bide.http.resource;

import dev.bide.engine.Cluster;
import dev.bide.http.answer.Answers;
import dev.bide.http.answer.ItemsAnswer;
import dev.bide.http.answer.NodeAnswer;
import dev.bide.http.request.QueryParameters;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.Response;
import java.util.Set;

/** The nodes of the cluster. */
@Path("/nodes")
public final class NodeResource {
    private final Cluster cluster;
    private final Answers answers;

    public NodeResource(Cluster cluster, Answers answers) {
        this.cluster = cluster;
        this.answers = answers;
    }

    @GET
    public Response list(@Context ContainerRequestContext request) {
        QueryParameters.of(request, Set.of());
        return answers.ok(
                new ItemsAnswer<>(cluster.nodes().stream().map(NodeAnswer::of).toList()));
    }
}
