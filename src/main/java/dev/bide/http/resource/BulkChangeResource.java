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

/** Changes to all timers that a filter matches, done in the background. */
@Path("/timers")
@Consumes(MediaType.APPLICATION_JSON)
public final class BulkChangeResource {
    private final BulkChanges changes;

    public BulkChangeResource(Operations operations, Requests requests, Answers answers) {
        this.changes = new BulkChanges(operations, requests, answers);
    }

    @POST
    @Path("/cancel")
    public Response cancel(@Context ContainerRequestContext request) {
        return changes.begin(request, BulkChangeDraft.timers(OperationKind.CANCEL));
    }

    @POST
    @Path("/pause")
    public Response pause(@Context ContainerRequestContext request) {
        return changes.begin(request, BulkChangeDraft.timers(OperationKind.PAUSE));
    }

    @POST
    @Path("/resume")
    public Response resume(@Context ContainerRequestContext request) {
        return changes.begin(request, BulkChangeDraft.timers(OperationKind.RESUME));
    }

    @POST
    @Path("/redrive")
    public Response redrive(@Context ContainerRequestContext request) {
        return changes.begin(request, BulkChangeDraft.timers(OperationKind.REDRIVE));
    }

    @POST
    @Path("/reschedule")
    public Response reschedule(@Context ContainerRequestContext request) {
        return changes.begin(request, BulkChangeDraft.timers(OperationKind.RESCHEDULE));
    }

    @POST
    @Path("/fire")
    public Response fire(@Context ContainerRequestContext request) {
        return changes.begin(request, BulkChangeDraft.timers(OperationKind.FIRE));
    }
}
