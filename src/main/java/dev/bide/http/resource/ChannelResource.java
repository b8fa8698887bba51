package dev.bide.http.resource;

import dev.bide.engine.Channels;
import dev.bide.http.answer.Answers;
import dev.bide.http.answer.ChannelAnswer;
import dev.bide.http.answer.ItemsAnswer;
import dev.bide.http.answer.MayWrite;
import dev.bide.http.request.QueryParameters;
import dev.bide.workflow.RefusedException;
import dev.bide.workflow.notice.Channel;
import dev.bide.workflow.notice.ChannelReader;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.PUT;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.util.Set;

/** Where people are told of what happens. */
@Path("/channels")
public final class ChannelResource {
    private final Channels channels;
    private final Requests requests;
    private final Answers answers;

    public ChannelResource(Channels channels, Requests requests, Answers answers) {
        this.channels = channels;
        this.requests = requests;
        this.answers = answers;
    }

    @GET
    public Response list(@Context ContainerRequestContext request) {
        QueryParameters.of(request, Set.of());
        return answers.ok(new ItemsAnswer<>(channels.list().stream()
                .map(view -> ChannelAnswer.of(view, MayWrite.of(request)))
                .toList()));
    }

    @GET
    @Path("/{name}")
    public Response get(@Context ContainerRequestContext request, @PathParam("name") String name) {
        QueryParameters.of(request, Set.of());
        return answers.ok(ChannelAnswer.of(channels.get(known(name)), MayWrite.of(request)));
    }

    @PUT
    @Path("/{name}")
    @Consumes(MediaType.APPLICATION_JSON)
    public Response put(@Context ContainerRequestContext request, @PathParam("name") String name) {
        QueryParameters.of(request, Set.of());
        if (!Channel.isName(name)) {
            throw RefusedException.invalid("name", Channel.NAME_RULE);
        }
        Channel channel = requests.read(request, fields -> ChannelReader.read(name, fields));
        return answers.ok(ChannelAnswer.of(channels.put(channel), true));
    }

    @DELETE
    @Path("/{name}")
    public Response remove(@Context ContainerRequestContext request, @PathParam("name") String name) {
        QueryParameters.of(request, Set.of());
        channels.remove(known(name));
        return Response.noContent().build();
    }

    @POST
    @Path("/{name}/test")
    public Response test(@Context ContainerRequestContext request, @PathParam("name") String name) {
        QueryParameters.of(request, Set.of());
        return answers.accepted(ChannelAnswer.Test.of(channels.test(known(name))));
    }

    /** Nothing has a name that nothing can have. */
    private static String known(String name) {
        if (!Channel.isName(name)) {
            throw RefusedException.notFound("channel", "of that name");
        }
        return name;
    }
}
