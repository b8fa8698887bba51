package dev.bide.http.resource;

import dev.bide.engine.Workflows;
import dev.bide.http.answer.Answers;
import dev.bide.http.answer.PageAnswer;
import dev.bide.http.answer.WaitingAnswer;
import dev.bide.http.request.EntityTags;
import dev.bide.http.request.Listing;
import dev.bide.http.request.QueryParameters;
import dev.bide.http.request.WrittenIds;
import dev.bide.workflow.RefusedException;
import dev.bide.workflow.Workflow;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.Response;
import java.util.Set;
import java.util.UUID;
import java.util.regex.Pattern;

/** What a workflow was, and who waits in it. */
@Path("/workflows")
public final class WorkflowViewResource {
    private static final Pattern VERSION = Pattern.compile("[1-9][0-9]{0,8}");

    private final Workflows workflows;
    private final Answers answers;

    public WorkflowViewResource(Workflows workflows, Answers answers) {
        this.workflows = workflows;
        this.answers = answers;
    }

    @GET
    @Path("/{id}/waiting")
    public Response waiting(@Context ContainerRequestContext request, @PathParam("id") String id) {
        QueryParameters.of(request, Set.of());
        return answers.ok(WaitingAnswer.of(workflows.waiting(WrittenIds.path("workflow", id))));
    }

    @GET
    @Path("/{id}/versions")
    public Response versions(@Context ContainerRequestContext request, @PathParam("id") String id) {
        var page = QueryParameters.of(request, Set.of("limit", "cursor")).page(Listing.VERSIONS);
        UUID workflow = WrittenIds.path("workflow", id);
        return answers.ok(PageAnswer.of(Listing.VERSIONS, workflows.versions(workflow, page), version -> version));
    }

    @GET
    @Path("/{id}/versions/{version}")
    public Response version(
            @Context ContainerRequestContext request,
            @PathParam("id") String id,
            @PathParam("version") String version) {
        QueryParameters.of(request, Set.of());
        UUID workflow = WrittenIds.path("workflow", id);
        if (!VERSION.matcher(version).matches()) {
            throw RefusedException.notFound("version", version);
        }
        Workflow found = workflows.version(workflow, Integer.parseInt(version));
        return EntityTags.isKnown(request, found.version())
                ? answers.notModified(found)
                : answers.workflow(false, found);
    }
}
