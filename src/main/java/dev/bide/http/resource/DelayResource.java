package dev.bide.http.resource;

import dev.bide.delay.DueTime;
import dev.bide.delay.Explanation;
import dev.bide.http.answer.Answers;
import dev.bide.http.answer.ExplainedAnswer;
import dev.bide.http.request.Drafts;
import dev.bide.http.request.QueryParameters;
import dev.bide.json.FieldError;
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

/** What a delay would come to, without anything being stored. */
@Path("/delays/preview")
public final class DelayResource {
    private static final FieldPath DELAY = FieldPath.ROOT.field("delay");

    private final InstantSource clock;
    private final Requests requests;
    private final Answers answers;

    public DelayResource(InstantSource clock, Requests requests, Answers answers) {
        this.clock = clock;
        this.requests = requests;
        this.answers = answers;
    }

    @POST
    @Consumes(MediaType.APPLICATION_JSON)
    public Response preview(@Context ContainerRequestContext request) {
        QueryParameters.of(request, Set.of());
        Drafts.Preview preview = requests.read(request, Drafts::preview);
        if (preview.listed()) {
            return answers.ok(new Items(
                    preview.from().stream().map(from -> item(preview, from)).toList()));
        }
        Instant from =
                preview.from().isEmpty() ? clock.instant() : preview.from().get(0);
        Explanation explained = Explanation.of(preview.delay(), from, preview.timezone());
        if (explained.due() instanceof DueTime.Rejected why) {
            throw RefusedException.invalid(List.of(DELAY.error(why.error())));
        }
        return answers.ok(ExplainedAnswer.of(explained));
    }

    /** From one start of a list the delay may be of no use while it is from others. */
    private static Object item(Drafts.Preview preview, Instant from) {
        Explanation explained = Explanation.of(preview.delay(), from, preview.timezone());
        return explained.due() instanceof DueTime.Rejected why
                ? new Unusable(DELAY.error(why.error()))
                : ExplainedAnswer.of(explained);
    }

    /** @param items each an {@link ExplainedAnswer} or {@link Unusable} */
    record Items(List<Object> items) {}

    record Unusable(FieldError error) {}
}
