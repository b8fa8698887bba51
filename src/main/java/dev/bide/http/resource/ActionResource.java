package dev.bide.http.resource;

import dev.bide.engine.trial.ActionTrials;
import dev.bide.http.answer.Answers;
import dev.bide.http.request.QueryParameters;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.util.Set;
import java.util.concurrent.CompletionStage;

/** One call, to see what comes back. No thread of the server waits for it. */
@Path("/actions/test")
public final class ActionResource {
    private final ActionTrials trials;
    private final Requests requests;
    private final Answers answers;

    public ActionResource(ActionTrials trials, Requests requests, Answers answers) {
        this.trials = trials;
        this.requests = requests;
        this.answers = answers;
    }

    @POST
    @Consumes(MediaType.APPLICATION_JSON)
    public CompletionStage<Response> test(@Context ContainerRequestContext request) {
        QueryParameters.of(request, Set.of());
        return Accepting.handedOver(
                trials.call(requests.read(request, requests::actionTrial)).thenApply(answers::ok), request);
    }
}
