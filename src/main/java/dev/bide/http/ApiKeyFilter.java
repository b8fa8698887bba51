package dev.bide.http;

import jakarta.annotation.Priority;
import jakarta.ws.rs.Priorities;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.container.ContainerRequestFilter;
import jakarta.ws.rs.container.PreMatching;
import java.util.Set;

/** Lets only requests with a key pass, before anything else is said to them. Probes and the contract's own description are open. */
@PreMatching
@Priority(Priorities.AUTHENTICATION)
final class ApiKeyFilter implements ContainerRequestFilter {
    private static final Set<String> OPEN = Set.of("health", "openapi.yaml");

    private final ApiKeys keys;
    private final Answers answers;

    ApiKeyFilter(ApiKeys keys, Answers answers) {
        this.keys = keys;
        this.answers = answers;
    }

    @Override
    public void filter(ContainerRequestContext request) {
        if (OPEN.contains(request.getUriInfo().getPath())) {
            return;
        }
        if (!keys.admit(request::getHeaderString)) {
            String detail = ApiKeys.given(request::getHeaderString) == null
                    ? "Send an API key as Authorization: Bearer …, or as X-Api-Key"
                    : "This API key is not known";
            request.abortWith(answers.problem(Problem.of(ProblemType.UNAUTHORIZED, detail)));
        }
    }
}
