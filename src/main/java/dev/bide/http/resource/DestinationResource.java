package dev.bide.http.resource;

import dev.bide.engine.Destinations;
import dev.bide.http.answer.Answers;
import dev.bide.http.answer.DestinationAnswer;
import dev.bide.http.body.Body;
import dev.bide.http.request.DestinationCursor;
import dev.bide.http.request.DestinationDraft;
import dev.bide.http.request.QueryParameters;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.PUT;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.util.Set;

/** Watching third parties, and setting what they get. */
@Path("/destinations")
public final class DestinationResource {
    private static final Set<String> FILTERS = Set.of("troubled", "limit", "cursor");

    private final Destinations destinations;
    private final Requests requests;
    private final Answers answers;

    public DestinationResource(Destinations destinations, Requests requests, Answers answers) {
        this.destinations = destinations;
        this.requests = requests;
        this.answers = answers;
    }

    @GET
    public Response list(@Context ContainerRequestContext request) {
        QueryParameters parameters = QueryParameters.of(request, FILTERS);
        boolean troubled = parameters.flag("troubled");
        var after = parameters.parsed("cursor", DestinationCursor::parse);
        return answers.ok(DestinationAnswer.of(destinations.list(troubled, after, parameters.limit())));
    }

    @GET
    @Path("/{destination}")
    public Response get(@Context ContainerRequestContext request, @PathParam("destination") String destination) {
        QueryParameters.of(request, Set.of());
        return answers.ok(DestinationAnswer.of(destinations.get(destination)));
    }

    @PUT
    @Path("/{destination}/limits")
    @Consumes(MediaType.APPLICATION_JSON)
    public Response limit(@Context ContainerRequestContext request, @PathParam("destination") String destination) {
        QueryParameters.of(request, Set.of());
        DestinationDraft.Limits limits = requests.read(request, DestinationDraft::limits);
        return answers.ok(DestinationAnswer.of(
                destinations.limit(destination, limits.maxConcurrentCalls(), limits.callsPerSecond())));
    }

    /** Without a body there is no reason. */
    @POST
    @Path("/{destination}/pause")
    public Response pause(@Context ContainerRequestContext request, @PathParam("destination") String destination) {
        QueryParameters.of(request, Set.of());
        Body body = Body.of(request);
        String reason = body == null || body.bytes().length == 0
                ? null
                : requests.read(request, DestinationDraft::pause).reason();
        return answers.ok(DestinationAnswer.of(destinations.pause(destination, reason)));
    }

    @POST
    @Path("/{destination}/resume")
    public Response resume(@Context ContainerRequestContext request, @PathParam("destination") String destination) {
        QueryParameters.of(request, Set.of());
        return answers.ok(DestinationAnswer.of(destinations.resume(destination)));
    }
}
