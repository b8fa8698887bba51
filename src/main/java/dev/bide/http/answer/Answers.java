package dev.bide.http.answer;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.ObjectWriter;
import dev.bide.http.Health;
import dev.bide.http.problem.Problem;
import dev.bide.http.request.EntityTags;
import dev.bide.workflow.Workflow;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.io.UncheckedIOException;
import java.util.UUID;

/** Makes answers: the body is written here, once, to bytes. Thread-safe. */
public final class Answers {
    private final ObjectWriter writer;
    private final String retryAfter;

    /** @param retryAfter seconds */
    public Answers(ObjectMapper mapper, String retryAfter) {
        this.writer = mapper.writer();
        this.retryAfter = retryAfter;
    }

    public Response ok(Object body) {
        return with(200, body).build();
    }

    /** 201 with the place of what was made; 200 where the same key had made it before. */
    public Response accepted(boolean created, String collection, UUID id, Object body) {
        Response.ResponseBuilder answer = with(created ? 201 : 200, body);
        return created
                ? answer.header(HttpHeaders.LOCATION, place(collection, id)).build()
                : answer.build();
    }

    /** 202: it is done in the background. */
    public Response accepted(Object body) {
        return with(202, body).build();
    }

    /** 202 with the place where what was begun can be watched. */
    public Response begun(String collection, UUID id, Object body) {
        return with(202, body)
                .header(HttpHeaders.LOCATION, place(collection, id))
                .build();
    }

    private static String place(String collection, UUID id) {
        return ApiPaths.ROOT + "/" + collection + "/" + id;
    }

    /** A workflow with its entity tag. */
    public Response workflow(boolean created, Workflow workflow) {
        Response.ResponseBuilder answer = with(created ? 201 : 200, WorkflowAnswer.of(workflow))
                .header(HttpHeaders.ETAG, EntityTags.of(workflow.version()));
        return created
                ? answer.header(HttpHeaders.LOCATION, place("workflows", workflow.id()))
                        .build()
                : answer.build();
    }

    /** The same of a new version, and where it can be watched how runs move to it. */
    public Response workflow(Workflow workflow, UUID operation) {
        return with(200, WorkflowAnswer.of(workflow))
                .header(HttpHeaders.ETAG, EntityTags.of(workflow.version()))
                .header("Operation-Location", place("operations", operation))
                .build();
    }

    public Response notModified(Workflow workflow) {
        return Response.status(304)
                .header(HttpHeaders.ETAG, EntityTags.of(workflow.version()))
                .build();
    }

    public Response health(Health.Report report) {
        Response.ResponseBuilder answer =
                with(report.up() ? 200 : 503, HealthAnswer.of(report)).header(HttpHeaders.CACHE_CONTROL, "no-store");
        return report.up()
                ? answer.build()
                : answer.header(HttpHeaders.RETRY_AFTER, retryAfter).build();
    }

    public Response problem(Problem problem) {
        Response.ResponseBuilder answer =
                Response.status(problem.status()).type(Problem.MEDIA_TYPE).entity(bytes(problem));
        return switch (problem.status()) {
            case 401 -> answer.header(HttpHeaders.WWW_AUTHENTICATE, "Bearer").build();
            case 429, 503 -> answer.header(HttpHeaders.RETRY_AFTER, retryAfter).build();
            default -> answer.build();
        };
    }

    private Response.ResponseBuilder with(int status, Object body) {
        return Response.status(status).type(MediaType.APPLICATION_JSON_TYPE).entity(bytes(body));
    }

    public byte[] bytes(Object body) {
        try {
            return writer.writeValueAsBytes(body);
        } catch (JsonProcessingException e) {
            throw new UncheckedIOException(e);
        }
    }
}
