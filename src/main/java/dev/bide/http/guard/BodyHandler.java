package dev.bide.http.guard;

import dev.bide.http.ApiConfiguration;
import dev.bide.http.answer.ApiPaths;
import dev.bide.http.answer.FaultMapper;
import dev.bide.http.body.Body;
import dev.bide.http.body.BodyBytes;
import dev.bide.http.body.BodyReader;
import dev.bide.http.body.MemoryBudget;
import dev.bide.http.body.Patience;
import dev.bide.http.problem.ProblemType;
import dev.bide.http.problem.RequestException;
import jakarta.ws.rs.core.Response;
import java.util.Set;
import java.util.concurrent.CompletionException;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpHeaderValue;
import org.eclipse.jetty.http.HttpStatus;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.util.Callback;
import org.jspecify.annotations.Nullable;

/**
 * Reads the bodies of requests before anything else is done with them, for both ways on: no thread waits for a slow sender, and none comes
 * to have a place among few, such as bulk calls, before its body is there. What is not a change has no use for a body; it is left unread.
 */
public final class BodyHandler extends Handler.Wrapper {
    private static final Set<String> WITHOUT_BODY = Set.of("GET", "HEAD", "OPTIONS", "TRACE", "CONNECT");

    private final ApiConfiguration limits;
    private final Patience patience;
    private final MemoryBudget budget;
    private final FaultMapper faults;

    public BodyHandler(ApiConfiguration limits, MemoryBudget budget, FaultMapper faults) {
        this.limits = limits;
        this.patience = limits.patience();
        this.budget = budget;
        this.faults = faults;
    }

    @Override
    public boolean handle(Request request, org.eclipse.jetty.server.Response response, Callback callback)
            throws Exception {
        HttpFields headers = request.getHeaders();
        long length = headers.getLongField(HttpHeader.CONTENT_LENGTH);
        if (length <= 0 && !headers.contains(HttpHeader.TRANSFER_ENCODING)) {
            return super.handle(request, response, callback);
        }
        String path = Request.getPathInContext(request);
        if (WITHOUT_BODY.contains(request.getMethod()) || !ApiPaths.includes(path) || Callers.isOpen(path)) {
            if (!request.consumeAvailable()) {
                response.getHeaders().put(HttpHeader.CONNECTION, HttpHeaderValue.CLOSE.asString());
            }
            return super.handle(request, response, callback);
        }
        int limit = path.endsWith("/bulk") ? limits.bulkBodyLimit() : limits.bodyLimit();
        MemoryBudget.Share memory = budget.open();
        Callback end = Callback.from(callback, memory::close);
        try {
            boolean packed = isPacked(headers);
            BodyBytes bytes = new BodyBytes(length, limit, memory);
            BodyReader.read(request, patience, bytes)
                    .thenApply(read -> new Body(packed ? bytes.unpacked() : bytes.whole(), memory))
                    .whenComplete((body, fault) -> {
                        if (body == null) {
                            memory.close();
                            refuse(fault, request, response, callback);
                        } else {
                            next(body, request, response, end);
                        }
                    });
        } catch (RequestException e) {
            memory.close();
            refuse(e, request, response, callback);
        }
        return true;
    }

    /** Throws where it is packed in a way that is not ours: it would be read as if it were not packed. */
    private static boolean isPacked(HttpFields headers) {
        String encoding = String.join(",", headers.getValuesList(HttpHeader.CONTENT_ENCODING))
                .strip();
        if (encoding.isEmpty() || encoding.equalsIgnoreCase("identity")) {
            return false;
        }
        if (encoding.equalsIgnoreCase("gzip")) {
            return true;
        }
        throw new RequestException(
                ProblemType.UNSUPPORTED_MEDIA_TYPE, "Send the body as it is, or with Content-Encoding: gzip");
    }

    /** Called by the thread that has read the last of the body. */
    private void next(Body body, Request request, org.eclipse.jetty.server.Response response, Callback callback) {
        body.attach(request);
        try {
            if (!super.handle(request, response, callback)) {
                org.eclipse.jetty.server.Response.writeError(request, response, callback, HttpStatus.NOT_FOUND_404);
            }
        } catch (Throwable e) {
            // Errors too, as of the stack: nobody else would answer, and give back what it took of the memory.
            refuse(e, request, response, callback);
        }
    }

    private void refuse(
            @Nullable Throwable fault, Request request, org.eclipse.jetty.server.Response response, Callback callback) {
        Throwable cause = fault instanceof CompletionException wrapped ? wrapped.getCause() : fault;
        Response answer = faults.toResponse(cause == null ? new IllegalStateException("no body and no fault") : cause);
        try {
            DirectAnswer.send(answer, DirectAnswer.Linger.LONG, request, response, callback);
        } catch (RuntimeException e) {
            callback.failed(e);
        }
    }
}
