package dev.bide.http.resource;

import dev.bide.engine.Workflows;
import dev.bide.http.answer.Answers;
import dev.bide.http.answer.PageAnswer;
import dev.bide.http.answer.WorkflowAnswer;
import dev.bide.http.problem.RequestException;
import dev.bide.http.request.Drafts;
import dev.bide.http.request.EntityTags;
import dev.bide.http.request.Listing;
import dev.bide.http.request.QueryParameters;
import dev.bide.http.request.WrittenIds;
import dev.bide.json.InvalidException;
import dev.bide.workflow.Workflow;
import dev.bide.workflow.WorkflowDraft;
import dev.bide.workflow.figures.TaskChange;
import dev.bide.workflow.store.WorkflowStore;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.PUT;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Workflows as a whole. */
@Path("/workflows")
public final class WorkflowResource {
    private final Workflows workflows;
    private final Requests requests;
    private final Answers answers;

    public WorkflowResource(Workflows workflows, Requests requests, Answers answers) {
        this.workflows = workflows;
        this.requests = requests;
        this.answers = answers;
    }

    @POST
    @Consumes(MediaType.APPLICATION_JSON)
    public Response create(@Context ContainerRequestContext request) {
        QueryParameters.of(request, Set.of());
        return answers.workflow(true, workflows.create(requests.read(request, Drafts::newWorkflow)));
    }

    @GET
    public Response list(@Context ContainerRequestContext request) {
        QueryParameters parameters = QueryParameters.of(request, Set.of("query", "archived", "limit", "cursor"));
        WorkflowStore.Filter filter = QueryParameters.checked(
                () -> new WorkflowStore.Filter(parameters.plainText("query"), parameters.flag("archived")));
        var page = parameters.page(Listing.WORKFLOWS);
        return answers.ok(PageAnswer.of(Listing.WORKFLOWS, workflows.list(filter, page), WorkflowAnswer::of));
    }

    @GET
    @Path("/{id}")
    public Response get(@Context ContainerRequestContext request, @PathParam("id") String id) {
        QueryParameters.of(request, Set.of());
        Workflow workflow = workflows.get(WrittenIds.path("workflow", id));
        return EntityTags.isKnown(request, workflow.version())
                ? answers.notModified(workflow)
                : answers.workflow(false, workflow);
    }

    @PUT
    @Path("/{id}")
    @Consumes(MediaType.APPLICATION_JSON)
    public Response replace(@Context ContainerRequestContext request, @PathParam("id") String id) {
        QueryParameters parameters = QueryParameters.of(request, Set.of("applyTo", "dryRun"));
        boolean applyToActive = parameters.parsed("applyTo", WorkflowResource::active) != null;
        boolean dryRun = parameters.flag("dryRun");
        if (dryRun && !applyToActive) {
            throw RequestException.parameter("dryRun", "is only of use with applyTo=active");
        }
        UUID workflow = WrittenIds.path("workflow", id);
        Integer expected = expectedVersion(request, workflow);
        WorkflowDraft draft = requests.read(request, Drafts::changedWorkflow);
        if (dryRun) {
            return answers.ok(new Preview(workflows.preview(workflow, draft, expected)));
        }
        if (!applyToActive) {
            return answers.workflow(false, workflows.replace(workflow, draft, expected));
        }
        Workflows.Applied applied = workflows.replaceForActive(workflow, draft, expected);
        return answers.workflow(applied.workflow(), applied.operationId());
    }

    /** What a new version would make of those who wait. */
    record Preview(List<TaskChange> tasks) {}

    private static String active(String applyTo) {
        if (!applyTo.equals("active")) {
            throw new InvalidException("applyTo", "must be active, or left out");
        }
        return applyTo;
    }

    @DELETE
    @Path("/{id}")
    public Response archive(@Context ContainerRequestContext request, @PathParam("id") String id) {
        QueryParameters.of(request, Set.of());
        UUID workflow = WrittenIds.path("workflow", id);
        workflows.archive(workflow, expectedVersion(request, workflow));
        return Response.noContent().build();
    }

    private @Nullable Integer expectedVersion(ContainerRequestContext request, UUID workflow) {
        return EntityTags.expectedVersion(request, () -> workflows.get(workflow).version());
    }
}
