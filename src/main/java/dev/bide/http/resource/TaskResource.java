package dev.bide.http.resource;

import dev.bide.engine.Workflows;
import dev.bide.http.answer.Answers;
import dev.bide.http.request.Drafts;
import dev.bide.http.request.EntityTags;
import dev.bide.http.request.QueryParameters;
import dev.bide.http.request.WrittenIds;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.PUT;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** The tasks of a workflow, one by one. Each change answers with the workflow's new version. */
@Path("/workflows/{id}/tasks")
public final class TaskResource {
    private final Workflows workflows;
    private final Requests requests;
    private final Answers answers;

    public TaskResource(Workflows workflows, Requests requests, Answers answers) {
        this.workflows = workflows;
        this.requests = requests;
        this.answers = answers;
    }

    @POST
    @Consumes(MediaType.APPLICATION_JSON)
    public Response add(@Context ContainerRequestContext request, @PathParam("id") String id) {
        QueryParameters.of(request, Set.of());
        UUID workflow = WrittenIds.path("workflow", id);
        Integer expected = expectedVersion(request, workflow);
        Drafts.PlacedTask task = requests.read(request, Drafts::newTask);
        return answers.workflow(true, workflows.addTask(workflow, task.task(), task.position(), expected));
    }

    @PUT
    @Path("/{taskId}")
    @Consumes(MediaType.APPLICATION_JSON)
    public Response replace(
            @Context ContainerRequestContext request, @PathParam("id") String id, @PathParam("taskId") String taskId) {
        QueryParameters.of(request, Set.of());
        UUID workflow = WrittenIds.path("workflow", id);
        UUID task = WrittenIds.path("task", taskId);
        Integer expected = expectedVersion(request, workflow);
        Drafts.PlacedTask changed = requests.read(request, Drafts::changedTask);
        return answers.workflow(
                false, workflows.replaceTask(workflow, task, changed.task(), changed.position(), expected));
    }

    @DELETE
    @Path("/{taskId}")
    public Response remove(
            @Context ContainerRequestContext request, @PathParam("id") String id, @PathParam("taskId") String taskId) {
        QueryParameters.of(request, Set.of());
        UUID workflow = WrittenIds.path("workflow", id);
        UUID task = WrittenIds.path("task", taskId);
        return answers.workflow(false, workflows.removeTask(workflow, task, expectedVersion(request, workflow)));
    }

    private @Nullable Integer expectedVersion(ContainerRequestContext request, UUID workflow) {
        return EntityTags.expectedVersion(request, () -> workflows.get(workflow).version());
    }
}
