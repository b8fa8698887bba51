package dev.bide.http.resource;

import dev.bide.engine.Runs;
import dev.bide.engine.Workflows;
import dev.bide.http.answer.Answers;
import dev.bide.http.answer.BulkAnswer;
import dev.bide.http.request.QueryParameters;
import dev.bide.http.request.WrittenIds;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletionStage;

/** Starting runs of a workflow. */
@Path("/workflows/{id}/runs")
public final class WorkflowRunResource {
    private final Workflows workflows;
    private final Runs runs;
    private final Accepting accepting;
    private final Requests requests;
    private final Answers answers;

    public WorkflowRunResource(
            Workflows workflows, Runs runs, Accepting accepting, Requests requests, Answers answers) {
        this.workflows = workflows;
        this.runs = runs;
        this.accepting = accepting;
        this.requests = requests;
        this.answers = answers;
    }

    @POST
    @Consumes(MediaType.APPLICATION_JSON)
    public CompletionStage<Response> start(@Context ContainerRequestContext request, @PathParam("id") String id) {
        QueryParameters.of(request, Set.of());
        return Accepting.handedOver(
                accepting.run(WrittenIds.path("workflow", id), Requests.body(request), Requests.traceparent(request)),
                request);
    }

    @POST
    @Path("/bulk")
    @Consumes(MediaType.APPLICATION_JSON)
    public Response startAll(@Context ContainerRequestContext request, @PathParam("id") String id) {
        QueryParameters.of(request, Set.of());
        UUID workflow = workflows.get(WrittenIds.path("workflow", id)).id();
        String traceparent = Requests.traceparent(request);
        return answers.ok(BulkAnswer.of(
                requests.bulk(request, "runs", requests::run, asked -> runs.startAll(workflow, asked, traceparent)),
                run -> run.run().id()));
    }
}
