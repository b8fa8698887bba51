package dev.bide.http.resource;

import dev.bide.engine.Problems;
import dev.bide.http.answer.Answers;
import dev.bide.http.answer.ProblemsAnswer;
import dev.bide.http.request.QueryParameters;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.Response;
import java.util.Set;

/** What timers died of. */
@Path("/problems")
public final class ProblemResource {
    private static final Set<String> FILTERS = Set.of("workflowId", "host");

    private final Problems problems;
    private final Answers answers;

    public ProblemResource(Problems problems, Answers answers) {
        this.problems = problems;
        this.answers = answers;
    }

    @GET
    public Response list(@Context ContainerRequestContext request) {
        QueryParameters parameters = QueryParameters.of(request, FILTERS);
        var found = QueryParameters.checked(() -> problems.find(parameters.id("workflowId"), parameters.host()));
        return answers.ok(ProblemsAnswer.of(found));
    }
}
