package dev.bide.http.resource;

import dev.bide.engine.Operations;
import dev.bide.http.answer.Answers;
import dev.bide.http.answer.OperationAnswer;
import dev.bide.http.answer.PageAnswer;
import dev.bide.http.request.Listing;
import dev.bide.http.request.QueryParameters;
import dev.bide.http.request.WrittenIds;
import dev.bide.workflow.store.OperationStatus;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.Response;
import java.util.Set;

/** Watching and stopping changes to many. */
@Path("/operations")
public final class OperationResource {
    private static final Set<String> FILTERS = Set.of("status", "limit", "cursor");

    private final Operations operations;
    private final Answers answers;

    public OperationResource(Operations operations, Answers answers) {
        this.operations = operations;
        this.answers = answers;
    }

    @GET
    public Response list(@Context ContainerRequestContext request) {
        QueryParameters parameters = QueryParameters.of(request, FILTERS);
        OperationStatus status = parameters.parsed("status", OperationStatus::of);
        var page = parameters.page(Listing.OPERATIONS);
        return answers.ok(PageAnswer.of(
                Listing.OPERATIONS, QueryParameters.checked(() -> operations.list(status, page)), OperationAnswer::of));
    }

    @GET
    @Path("/{id}")
    public Response get(@Context ContainerRequestContext request, @PathParam("id") String id) {
        QueryParameters.of(request, Set.of());
        return answers.ok(OperationAnswer.of(operations.get(WrittenIds.path("operation", id))));
    }

    @POST
    @Path("/{id}/cancel")
    public Response cancel(@Context ContainerRequestContext request, @PathParam("id") String id) {
        QueryParameters.of(request, Set.of());
        return answers.ok(OperationAnswer.of(operations.cancel(WrittenIds.path("operation", id))));
    }
}
