package dev.bide.http.guard;

import dev.bide.http.answer.Answers;
import dev.bide.http.body.Body;
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
    private static final MediaType MERGE_PATCH = new MediaType("application", "merge-patch+json");

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
        return type != null
                && (isSame(type, MediaType.APPLICATION_JSON_TYPE)
                        || (method.equals("PATCH") && isSame(type, MERGE_PATCH)));
    }

    private static boolean isSame(MediaType type, MediaType other) {
        return type.getType().equalsIgnoreCase(other.getType())
                && type.getSubtype().equalsIgnoreCase(other.getSubtype());
    }
}
