package dev.bide.http;

import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.container.ContainerRequestFilter;
import jakarta.ws.rs.container.PreMatching;
import jakarta.ws.rs.core.HttpHeaders;
import java.util.Set;

/** Refuses bodies in a {@code Content-Encoding} that the server has not unpacked: they would be read as if they were not packed. */
@PreMatching
final class BodyEncodingFilter implements ContainerRequestFilter {
    private static final Set<String> WITH_BODY = Set.of("POST", "PUT", "PATCH");

    private final Answers answers;

    BodyEncodingFilter(Answers answers) {
        this.answers = answers;
    }

    @Override
    public void filter(ContainerRequestContext request) {
        String encoding = request.getHeaderString(HttpHeaders.CONTENT_ENCODING);
        if (WITH_BODY.contains(request.getMethod())
                && encoding != null
                && !encoding.isBlank()
                && !encoding.strip().equalsIgnoreCase("identity")) {
            request.abortWith(answers.problem(Problem.of(
                    ProblemType.UNSUPPORTED_MEDIA_TYPE, "Send the body as it is, or with Content-Encoding: gzip")));
        }
    }
}
