package dev.bide.http.resource;

import dev.bide.http.Health;
import dev.bide.http.answer.Answers;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.core.Response;

/** Whether this node can serve; needs no key. */
@Path("/health")
public final class HealthResource {
    private final Health health;
    private final Answers answers;

    public HealthResource(Health health, Answers answers) {
        this.health = health;
        this.answers = answers;
    }

    @GET
    public Response get() {
        return answers.health(health.report());
    }
}
