package dev.bide.http.resource;

import dev.bide.engine.Accepted;
import dev.bide.engine.RunView;
import dev.bide.engine.Runs;
import dev.bide.engine.Workflows;
import dev.bide.http.answer.Answers;
import dev.bide.http.answer.RunAnswer;
import dev.bide.http.body.Body;
import dev.bide.http.request.Drafts;
import dev.bide.http.request.Ids;
import dev.bide.http.request.QueryParameters;
import dev.bide.json.InvalidException;
import dev.bide.json.Reading;
import dev.bide.workflow.RunDraft;
import dev.bide.workflow.store.KeyHolder;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;

/** Starting runs of a workflow. */
@Path("/workflows/{id}/runs")
public final class WorkflowRunResource {
    private final Workflows workflows;
    private final Runs runs;
    private final Requests requests;
    private final Answers answers;

    public WorkflowRunResource(Workflows workflows, Runs runs, Requests requests, Answers answers) {
        this.workflows = workflows;
        this.runs = runs;
        this.requests = requests;
        this.answers = answers;
    }

    @POST
    @Consumes(MediaType.APPLICATION_JSON)
    public Response start(@Context ContainerRequestContext request, @PathParam("id") String id) {
        QueryParameters.of(request, Set.of());
        UUID workflow = Ids.path("workflow", id);
        return start(workflow, Requests.body(request)).join();
    }

    /** Completes once the run is stored, on a thread that must not be held up. */
    CompletableFuture<Response> start(UUID workflow, Body body) {
        Reading<RunDraft> read = requests.read(body, requests::run);
        return read.draft() == null
                ? CompletableFuture.completedFuture(existing(workflow, read))
                : runs.start(workflow, read.draft()).thenApply(this::started);
    }

    /** What has the key already, whatever else is wrong: who repeats a request must find what came of it. */
    private Response existing(UUID workflow, Reading<RunDraft> read) {
        String key = Drafts.key(read);
        KeyHolder before =
                key == null ? null : runs.withKeys(workflow, List.of(key)).get(key);
        if (before == null) {
            throw new InvalidException(read.errors());
        }
        return started(runs.existing(before));
    }

    private Response started(Accepted<RunView> run) {
        return answers.accepted(run.created(), "runs", run.value().run().id(), RunAnswer.of(run.value()));
    }

    @POST
    @Path("/bulk")
    @Consumes(MediaType.APPLICATION_JSON)
    public Response startAll(@Context ContainerRequestContext request, @PathParam("id") String id) {
        QueryParameters.of(request, Set.of());
        UUID workflow = workflows.get(Ids.path("workflow", id)).id();
        return answers.ok(requests.bulk(
                request,
                "runs",
                requests::run,
                drafts -> runs.startAll(workflow, drafts),
                keys -> runs.withKeys(workflow, keys)));
    }
}
