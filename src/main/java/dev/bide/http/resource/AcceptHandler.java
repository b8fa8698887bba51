package dev.bide.http.resource;

import dev.bide.http.answer.ApiPaths;
import dev.bide.http.answer.FaultMapper;
import dev.bide.http.body.Body;
import dev.bide.http.body.MediaTypes;
import dev.bide.http.guard.DirectAnswer;
import dev.bide.http.request.WrittenIds;
import jakarta.ws.rs.core.Response;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.BiFunction;
import org.eclipse.jetty.http.HttpField;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpMethod;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.util.Callback;
import org.jspecify.annotations.Nullable;

/**
 * The short way of what comes thousands of times a second, a new timer or run: past Jersey. On two cores, at 1,389 a second and in turns, a
 * timer cost the service 0.38 ms of CPU so, the call of the third party included; 0.44 ms by Jersey with a thread that waits, and 0.52 ms by
 * Jersey without one, as it is now. A JVM that has just started has that much less to compile. Any request that is unusual goes on to Jersey,
 * whose resources do the same.
 *
 * <p>On either way no thread waits for the disk: answers are written by the threads that write the batches. What waits is in memory:
 * {@code api.maxBytesUnderWay} bounds its bytes, and {@code engine.acceptQueue} how many wait.
 */
public final class AcceptHandler extends Handler.Wrapper {
    private static final String TIMERS = ApiPaths.ROOT + "/timers";
    private static final String WORKFLOWS = ApiPaths.ROOT + "/workflows/";
    private static final String RUNS = "/runs";

    private final Accepting accepting;
    private final FaultMapper faults;

    public AcceptHandler(Accepting accepting, FaultMapper faults) {
        this.accepting = accepting;
        this.faults = faults;
    }

    @Override
    public boolean handle(Request request, org.eclipse.jetty.server.Response response, Callback callback)
            throws Exception {
        Body body = Body.of(request);
        BiFunction<Body, @Nullable String, CompletableFuture<Response>> store = body == null ? null : route(request);
        if (body == null || store == null || !isPlain(request.getHeaders())) {
            return super.handle(request, response, callback);
        }
        begin(store, body, traceparent(request.getHeaders()))
                .exceptionally(faults::toResponse)
                .thenAccept(answer -> DirectAnswer.write(answer, response, callback))
                .exceptionally(fault -> {
                    callback.failed(fault);
                    return null;
                });
        return true;
    }

    private static CompletableFuture<Response> begin(
            BiFunction<Body, @Nullable String, CompletableFuture<Response>> store,
            Body body,
            @Nullable String traceparent) {
        try {
            return store.apply(body, traceparent);
        } catch (Throwable e) {
            // Errors too: they are answered, and give back what the request took of the memory.
            return CompletableFuture.failedFuture(e);
        }
    }

    private static boolean isPlain(HttpFields headers) {
        List<String> types = headers.getValuesList(HttpHeader.CONTENT_TYPE);
        return types.size() == 1 && MediaTypes.isPlainJson(types.get(0));
    }

    /** Of two none counts. */
    private static @Nullable String traceparent(HttpFields headers) {
        String found = null;
        for (HttpField header : headers) {
            if (header.is(Requests.TRACEPARENT)) {
                if (found != null) {
                    return null;
                }
                found = header.getValue();
            }
        }
        return found;
    }

    private @Nullable BiFunction<Body, @Nullable String, CompletableFuture<Response>> route(Request request) {
        if (!HttpMethod.POST.is(request.getMethod())) {
            return null;
        }
        String path = request.getHttpURI().getPathQuery();
        if (TIMERS.equals(path)) {
            return accepting::timer;
        }
        if (path == null
                || path.length() < WORKFLOWS.length() + RUNS.length()
                || !path.startsWith(WORKFLOWS)
                || !path.endsWith(RUNS)) {
            return null;
        }
        return WrittenIds.parse(path.substring(WORKFLOWS.length(), path.length() - RUNS.length()))
                .<BiFunction<Body, @Nullable String, CompletableFuture<Response>>>map(
                        id -> (body, traceparent) -> accepting.run(id, body, traceparent))
                .orElse(null);
    }
}
