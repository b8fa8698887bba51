package dev.bide.http.guard;

import dev.bide.http.answer.Answers;
import dev.bide.http.body.Body;
import dev.bide.http.body.MediaTypes;
import dev.bide.http.problem.Problem;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.container.ContainerRequestFilter;
import jakarta.ws.rs.core.MediaType;
import org.jspecify.annotations.Nullable;

/**
 * Refuses bodies that are not said to be JSON, also where no body is needed and where nothing is said: a page of another site can send
 * those without being asked, and JSON it can't.
 */
public final class MediaTypeFilter implements ContainerRequestFilter {
    private static final String MERGE_PATCH = "application/merge-patch+json";

    private final Answers answers;

    public MediaTypeFilter(Answers answers) {
        this.answers = answers;
    }

    @Override
    public void filter(ContainerRequestContext request) {
        Body body = Body.of(request);
        if (body != null && body.bytes().length > 0 && !isJson(request.getMethod(), request.getMediaType())) {
            request.abortWith(answers.problem(Problem.ofStatus(415)));
        }
    }

    /** Without parameters, which tell nothing here. Which of the two a method takes, its resource says. */
    private static boolean isJson(String method, @Nullable MediaType type) {
        if (type == null) {
            return false;
        }
        String bare = type.getType() + "/" + type.getSubtype();
        return MediaTypes.isJson(bare) || (method.equals("PATCH") && bare.equalsIgnoreCase(MERGE_PATCH));
    }
}
