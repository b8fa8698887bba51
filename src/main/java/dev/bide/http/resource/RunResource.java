package dev.bide.http.resource;

import dev.bide.engine.RunView;
import dev.bide.engine.Runs;
import dev.bide.http.answer.Answers;
import dev.bide.http.answer.PageAnswer;
import dev.bide.http.answer.RunAnswer;
import dev.bide.http.request.BulkChangeDraft;
import dev.bide.http.request.Listing;
import dev.bide.http.request.QueryParameters;
import dev.bide.http.request.WrittenIds;
import dev.bide.json.Fields;
import dev.bide.workflow.RunStatus;
import dev.bide.workflow.store.RunFilter;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Watching and changing runs. */
@Path("/runs")
public final class RunResource {
    private static final Set<String> FILTERS = Set.of("workflowId", "status", "key", "limit", "cursor");

    private final Runs runs;
    private final Requests requests;
    private final Answers answers;

    public RunResource(Runs runs, Requests requests, Answers answers) {
        this.runs = runs;
        this.requests = requests;
        this.answers = answers;
    }

    @GET
    public Response list(@Context ContainerRequestContext request) {
        QueryParameters parameters = QueryParameters.of(request, FILTERS);
        RunFilter filter = new RunFilter(
                parameters.id("workflowId"), parameters.several("status", RunStatus::of), parameters.key());
        var page = parameters.page(Listing.RUNS);
        return answers.ok(
                PageAnswer.of(Listing.RUNS, QueryParameters.checked(() -> runs.list(filter, page)), RunAnswer::of));
    }

    @GET
    @Path("/{id}")
    public Response get(@Context ContainerRequestContext request, @PathParam("id") String id) {
        return answer(request, id, runs::get);
    }

    @POST
    @Path("/{id}/cancel")
    public Response cancel(@Context ContainerRequestContext request, @PathParam("id") String id) {
        return answer(request, id, runs::cancel);
    }

    @POST
    @Path("/{id}/pause")
    public Response pause(@Context ContainerRequestContext request, @PathParam("id") String id) {
        return answer(request, id, runs::pause);
    }

    @POST
    @Path("/{id}/resume")
    public Response resume(@Context ContainerRequestContext request, @PathParam("id") String id) {
        return answer(request, id, runs::resume);
    }

    @POST
    @Path("/{id}/redrive")
    @Consumes(MediaType.APPLICATION_JSON)
    public Response redrive(@Context ContainerRequestContext request, @PathParam("id") String id) {
        UUID run = WrittenIds.path("run", id);
        QueryParameters.of(request, Set.of());
        boolean latest = requests.read(request, RunResource::latest);
        return answers.ok(RunAnswer.of(runs.redrive(run, latest)));
    }

    /** The version it goes by is what is meant where none is named. */
    public static @Nullable Boolean latest(Fields fields) {
        boolean latest = BulkChangeDraft.latest(fields);
        return fields.build(() -> latest);
    }

    private Response answer(ContainerRequestContext request, String id, Function<UUID, RunView> change) {
        QueryParameters.of(request, Set.of());
        return answers.ok(RunAnswer.of(change.apply(WrittenIds.path("run", id))));
    }
}
