package dev.bide.http.resource;

import dev.bide.engine.Timers;
import dev.bide.http.answer.Answers;
import dev.bide.http.answer.BulkAnswer;
import dev.bide.http.answer.PageAnswer;
import dev.bide.http.answer.TimerAnswer;
import dev.bide.http.request.Drafts;
import dev.bide.http.request.Listing;
import dev.bide.http.request.QueryParameters;
import dev.bide.http.request.WrittenIds;
import dev.bide.workflow.Timer;
import dev.bide.workflow.TimerStatus;
import dev.bide.workflow.store.TimerFilter;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.PATCH;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;

/** Timers: making lone ones, watching and changing all. */
@Path("/timers")
public final class TimerResource {
    private static final Set<String> FILTERS = Set.of(
            "workflowId", "taskId", "runId", "status", "dueFrom", "dueTo", "key", "host", "problem", "limit", "cursor");

    private final Timers timers;
    private final Accepting accepting;
    private final Requests requests;
    private final Answers answers;

    public TimerResource(Timers timers, Accepting accepting, Requests requests, Answers answers) {
        this.timers = timers;
        this.accepting = accepting;
        this.requests = requests;
        this.answers = answers;
    }

    @POST
    @Consumes(MediaType.APPLICATION_JSON)
    public CompletionStage<Response> create(@Context ContainerRequestContext request) {
        QueryParameters.of(request, Set.of());
        return Accepting.handedOver(accepting.timer(Requests.body(request), Requests.traceparent(request)), request);
    }

    @POST
    @Path("/bulk")
    @Consumes(MediaType.APPLICATION_JSON)
    public Response createAll(@Context ContainerRequestContext request) {
        QueryParameters.of(request, Set.of());
        String traceparent = Requests.traceparent(request);
        return answers.ok(BulkAnswer.of(
                requests.bulk(request, "timers", Drafts::timer, asked -> timers.createAll(asked, traceparent)),
                Timer::id));
    }

    @GET
    public Response list(@Context ContainerRequestContext request) {
        QueryParameters parameters = QueryParameters.of(request, FILTERS);
        TimerFilter filter = QueryParameters.checked(() -> new TimerFilter(
                parameters.id("workflowId"),
                parameters.id("taskId"),
                parameters.id("runId"),
                parameters.several("status", TimerStatus::of),
                parameters.instant("dueFrom"),
                parameters.instant("dueTo"),
                parameters.key(),
                parameters.host(),
                parameters.problem()));
        Listing list = QueryParameters.checked(() -> Listing.timers(filter.order()));
        var page = parameters.page(list);
        return answers.ok(
                PageAnswer.of(list, QueryParameters.checked(() -> timers.list(filter, page)), TimerAnswer::of));
    }

    @GET
    @Path("/{id}")
    public Response get(@Context ContainerRequestContext request, @PathParam("id") String id) {
        return answer(request, id, timers::get);
    }

    @PATCH
    @Path("/{id}")
    @Consumes({MediaType.APPLICATION_JSON, "application/merge-patch+json"})
    public Response reschedule(@Context ContainerRequestContext request, @PathParam("id") String id) {
        QueryParameters.of(request, Set.of());
        UUID timer = WrittenIds.path("timer", id);
        Drafts.Reschedule to = requests.read(request, Drafts::reschedule);
        Timer changed = to.delay() != null
                ? timers.reschedule(timer, to.delay())
                : timers.reschedule(timer, Objects.requireNonNull(to.dueAt()));
        return answers.ok(TimerAnswer.of(changed));
    }

    @POST
    @Path("/{id}/cancel")
    public Response cancel(@Context ContainerRequestContext request, @PathParam("id") String id) {
        return answer(request, id, timers::cancel);
    }

    @POST
    @Path("/{id}/pause")
    public Response pause(@Context ContainerRequestContext request, @PathParam("id") String id) {
        return answer(request, id, timers::pause);
    }

    @POST
    @Path("/{id}/resume")
    public Response resume(@Context ContainerRequestContext request, @PathParam("id") String id) {
        return answer(request, id, timers::resume);
    }

    @POST
    @Path("/{id}/fire")
    public Response fire(@Context ContainerRequestContext request, @PathParam("id") String id) {
        return answer(request, id, timers::fire);
    }

    @POST
    @Path("/{id}/redrive")
    public Response redrive(@Context ContainerRequestContext request, @PathParam("id") String id) {
        return answer(request, id, timers::redrive);
    }

    private Response answer(ContainerRequestContext request, String id, Function<UUID, Timer> change) {
        QueryParameters.of(request, Set.of());
        return answers.ok(TimerAnswer.of(change.apply(WrittenIds.path("timer", id))));
    }
}
