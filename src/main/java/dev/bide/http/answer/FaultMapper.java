package dev.bide.http.answer;

import dev.bide.engine.DatabaseAway;
import dev.bide.http.problem.Problem;
import dev.bide.http.problem.ProblemType;
import dev.bide.http.problem.RequestException;
import dev.bide.json.InvalidException;
import dev.bide.json.MalformedException;
import dev.bide.workflow.RefusedException;
import jakarta.ws.rs.WebApplicationException;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.ext.ExceptionMapper;
import java.util.UUID;
import java.util.concurrent.CompletionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The one place where exceptions become problem documents. */
public final class FaultMapper implements ExceptionMapper<Throwable> {
    private static final Logger LOG = LoggerFactory.getLogger(FaultMapper.class);

    private final Answers answers;

    public FaultMapper(Answers answers) {
        this.answers = answers;
    }

    @Override
    public Response toResponse(Throwable thrown) {
        Throwable fault = thrown instanceof CompletionException wrapped && wrapped.getCause() != null
                ? wrapped.getCause()
                : thrown;
        if (fault instanceof WebApplicationException web) {
            return server(web.getResponse());
        }
        return answers.problem(problem(fault));
    }

    private static Problem problem(Throwable fault) {
        if (fault instanceof RequestException request) {
            return request.problem();
        }
        if (fault instanceof MalformedException malformed) {
            return Problem.of(ProblemType.MALFORMED, String.valueOf(malformed.getMessage()));
        }
        if (fault instanceof RefusedException refused) {
            return Problem.of(refused.refusal());
        }
        if (fault instanceof InvalidException invalid) {
            return Problem.invalid(invalid.errors());
        }
        if (DatabaseAway.is(fault)) {
            LOG.debug("A request found the database away", fault);
            return Problem.of(
                    ProblemType.UNAVAILABLE,
                    "Try again in a moment; what has a key is stored once, however often it is sent");
        }
        String id = UUID.randomUUID().toString();
        LOG.atError()
                .addKeyValue("fault", id)
                .setCause(fault)
                .log("A request failed of a fault of ours; it was answered 500 with the id {}", id);
        return Problem.internal(id);
    }

    /** What Jersey itself says, about paths, methods and media types. */
    private Response server(Response said) {
        int status = said.getStatus();
        if (status < 400) {
            return said;
        }
        Response answer = answers.problem(Problem.ofStatus(status));
        String allow = said.getHeaderString(HttpHeaders.ALLOW);
        return allow == null
                ? answer
                : Response.fromResponse(answer)
                        // Jersey forgets that what can be got has a head.
                        .header(HttpHeaders.ALLOW, allow.contains("GET") ? "HEAD," + allow : allow)
                        .build();
    }
}
