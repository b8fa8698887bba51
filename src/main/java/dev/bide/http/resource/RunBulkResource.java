package dev.bide.http.resource;

import dev.bide.engine.Operations;
import dev.bide.http.answer.Answers;
import dev.bide.http.request.BulkChangeDraft;
import dev.bide.workflow.store.OperationKind;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;

/** Changes to all runs that a filter matches, done in the background. */
@Path("/runs")
@Consumes(MediaType.APPLICATION_JSON)
public final class RunBulkResource {
    private final BulkChanges changes;

    public RunBulkResource(Operations operations, Requests requests, Answers answers) {
        this.changes = new BulkChanges(operations, requests, answers);
    }

    @POST
    @Path("/cancel")
    public Response cancel(@Context ContainerRequestContext request) {
        return changes.begin(request, BulkChangeDraft.runs(OperationKind.CANCEL_RUNS));
    }

    @POST
    @Path("/pause")
    public Response pause(@Context ContainerRequestContext request) {
        return changes.begin(request, BulkChangeDraft.runs(OperationKind.PAUSE_RUNS));
    }

    @POST
    @Path("/resume")
    public Response resume(@Context ContainerRequestContext request) {
        return changes.begin(request, BulkChangeDraft.runs(OperationKind.RESUME_RUNS));
    }

    @POST
    @Path("/redrive")
    public Response redrive(@Context ContainerRequestContext request) {
        return changes.begin(request, BulkChangeDraft.runs(OperationKind.REDRIVE_RUNS));
    }
}
