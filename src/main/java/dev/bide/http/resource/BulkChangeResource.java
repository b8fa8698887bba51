package dev.bide.http.resource;

import dev.bide.engine.Operations;
import dev.bide.http.answer.Answers;
import dev.bide.http.answer.OperationAnswer;
import dev.bide.http.request.BulkChangeDraft;
import dev.bide.http.request.QueryParameters;
import dev.bide.json.Fields;
import dev.bide.workflow.store.OperationKind;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Changes to all timers that a filter matches, done in the background. */
@Path("/timers")
@Consumes(MediaType.APPLICATION_JSON)
public final class BulkChangeResource {
    private final Operations operations;
    private final Requests requests;
    private final Answers answers;

    public BulkChangeResource(Operations operations, Requests requests, Answers answers) {
        this.operations = operations;
        this.requests = requests;
        this.answers = answers;
    }

    @POST
    @Path("/cancel")
    public Response cancel(@Context ContainerRequestContext request) {
        return begin(request, OperationKind.CANCEL, BulkChangeDraft::change);
    }

    @POST
    @Path("/pause")
    public Response pause(@Context ContainerRequestContext request) {
        return begin(request, OperationKind.PAUSE, BulkChangeDraft::change);
    }

    @POST
    @Path("/resume")
    public Response resume(@Context ContainerRequestContext request) {
        return begin(request, OperationKind.RESUME, BulkChangeDraft::change);
    }

    @POST
    @Path("/redrive")
    public Response redrive(@Context ContainerRequestContext request) {
        return begin(request, OperationKind.REDRIVE, BulkChangeDraft::change);
    }

    @POST
    @Path("/reschedule")
    public Response reschedule(@Context ContainerRequestContext request) {
        return begin(request, OperationKind.RESCHEDULE, BulkChangeDraft::reschedule);
    }

    private Response begin(
            ContainerRequestContext request, OperationKind kind, Function<Fields, @Nullable BulkChangeDraft> read) {
        QueryParameters.of(request, Set.of());
        BulkChangeDraft draft = requests.read(request, read);
        operations.check(draft.delay(), draft.dueAt());
        if (draft.dryRun()) {
            Operations.Count count = operations.count(kind, draft.filter());
            return answers.ok(
                    count.complete()
                            ? Map.of("matched", count.matching())
                            : Map.of("matched", count.matching(), "complete", false));
        }
        var operation = operations.begin(kind, draft.filter(), draft.delay(), draft.dueAt());
        return answers.begun("operations", operation.id(), OperationAnswer.of(operation));
    }
}
