package dev.bide.http.resource;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.bide.delay.DueTime;
import dev.bide.http.answer.Answers;
import dev.bide.http.request.Drafts;
import dev.bide.http.request.QueryParameters;
import dev.bide.json.FieldPath;
import dev.bide.workflow.RefusedException;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What a delay would come to, without anything being stored. */
@Path("/delays/preview")
public final class DelayResource {
    private final InstantSource clock;
    private final Requests requests;
    private final Answers answers;

    public DelayResource(InstantSource clock, Requests requests, Answers answers) {
        this.clock = clock;
        this.requests = requests;
        this.answers = answers;
    }

    /** @param dueAt null where the task would be skipped */
    @JsonInclude(JsonInclude.Include.ALWAYS)
    record PreviewAnswer(@Nullable Instant dueAt) {}

    @POST
    @Consumes(MediaType.APPLICATION_JSON)
    public Response preview(@Context ContainerRequestContext request) {
        QueryParameters.of(request, Set.of());
        Drafts.Preview preview = requests.read(request, Drafts::preview);
        Instant from = preview.from() == null ? clock.instant() : preview.from();
        DueTime due = preview.delay().dueTime(from, preview.timezone());
        if (due instanceof DueTime.Rejected why) {
            throw RefusedException.invalid(List.of(FieldPath.ROOT.field("delay").error(why.error())));
        }
        return answers.ok(new PreviewAnswer(due instanceof DueTime.Due at ? at.at() : null));
    }
}
