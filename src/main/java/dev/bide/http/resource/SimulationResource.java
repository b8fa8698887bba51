package dev.bide.http.resource;

import dev.bide.engine.trial.Simulator;
import dev.bide.http.answer.Answers;
import dev.bide.http.answer.SimulationAnswer;
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

/** What a run of a workflow would come to, without anything being stored or called. */
@Path("/workflows/{id}/simulate")
public final class SimulationResource {
    private final Simulator simulator;
    private final Requests requests;
    private final Answers answers;

    public SimulationResource(Simulator simulator, Requests requests, Answers answers) {
        this.simulator = simulator;
        this.requests = requests;
        this.answers = answers;
    }

    @POST
    @Consumes(MediaType.APPLICATION_JSON)
    public Response simulate(@Context ContainerRequestContext request, @PathParam("id") String id) {
        QueryParameters.of(request, Set.of());
        return answers.ok(SimulationAnswer.of(
                simulator.simulate(WrittenIds.path("workflow", id), requests.read(request, requests::simulation))));
    }
}
