package dev.bide.http;

import dev.bide.http.ApiKeys.Headers;
import jakarta.ws.rs.core.Response;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpMethod;
import org.eclipse.jetty.http.MimeTypes;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.util.Callback;
import org.jspecify.annotations.Nullable;

/**
 * The short way of what comes thousands of times a second, a new timer or run: past Jersey, and without a thread that waits for the disk. At
 * 2,400 a second on two cores, the minute before it for warming up, a timer costs the service 0.38 ms of CPU so, the call of the third party
 * included, and 0.61 ms by Jersey; and a JVM that has just started has that much less to compile. Any request that is unusual, or has no
 * valid key, goes on to Jersey, whose resources do the same.
 *
 * <p>Answers are written by the threads that write the sets. What waits is in memory, and no thread bounds it: only small bodies go this way,
 * and {@code engine.acceptQueue} bounds how many wait.
 */
final class AcceptHandler extends Handler.Wrapper {
    private static final int LARGEST_BODY = 8 << 10;

    private static final String TIMERS = Api.ROOT + "/timers";
    private static final String WORKFLOWS = Api.ROOT + "/workflows/";
    private static final String RUNS = "/runs";

    private final TimerResource timers;
    private final WorkflowRunResource runs;
    private final ApiKeys keys;
    private final FaultMapper faults;
    private final int bodyLimit;

    /** @param bodyLimit of the contract, in bytes */
    AcceptHandler(TimerResource timers, WorkflowRunResource runs, ApiKeys keys, FaultMapper faults, int bodyLimit) {
        this.bodyLimit = Math.min(bodyLimit, LARGEST_BODY);
        this.timers = timers;
        this.runs = runs;
        this.keys = keys;
        this.faults = faults;
    }

    @Override
    public boolean handle(Request request, org.eclipse.jetty.server.Response response, Callback callback)
            throws Exception {
        Function<byte[], CompletableFuture<Response>> store = route(request);
        // Of a body that was packed there is none left, since this is the length before that.
        long length = request.getHeaders().getLongField(HttpHeader.CONTENT_LENGTH);
        if (store == null || length < 0 || length > bodyLimit || !isPlain(request.getHeaders())) {
            return super.handle(request, response, callback);
        }
        BodyReader.read(request, Math.toIntExact(length))
                .thenCompose(store)
                .exceptionally(faults::toResponse)
                .thenAccept(answer -> send(answer, response, callback))
                .exceptionally(fault -> {
                    callback.failed(fault);
                    return null;
                });
        return true;
    }

    private boolean isPlain(HttpFields headers) {
        Headers texts = name -> text(headers, name);
        return isJson(texts.get(HttpHeader.CONTENT_TYPE.asString()))
                && !headers.contains(HttpHeader.CONTENT_ENCODING)
                && keys.admit(texts);
    }

    private static boolean isJson(@Nullable String type) {
        MimeTypes.Type known = type == null ? null : MimeTypes.CACHE.get(type);
        return known == MimeTypes.Type.APPLICATION_JSON || known == MimeTypes.Type.APPLICATION_JSON_UTF_8;
    }

    /** As Jersey has it: what is given more than once, with commas between. */
    private static @Nullable String text(HttpFields headers, String name) {
        List<String> values = headers.getValuesList(name);
        return values.isEmpty() ? null : String.join(",", values);
    }

    private @Nullable Function<byte[], CompletableFuture<Response>> route(Request request) {
        if (!HttpMethod.POST.is(request.getMethod())) {
            return null;
        }
        String path = request.getHttpURI().getPathQuery();
        if (TIMERS.equals(path)) {
            return timers::create;
        }
        if (path == null
                || path.length() < WORKFLOWS.length() + RUNS.length()
                || !path.startsWith(WORKFLOWS)
                || !path.endsWith(RUNS)) {
            return null;
        }
        return Ids.parse(path.substring(WORKFLOWS.length(), path.length() - RUNS.length()))
                .<Function<byte[], CompletableFuture<Response>>>map(id -> body -> runs.start(id, body))
                .orElse(null);
    }

    private static void send(Response answer, org.eclipse.jetty.server.Response response, Callback callback) {
        response.setStatus(answer.getStatus());
        answer.getStringHeaders().forEach(response.getHeaders()::put);
        byte[] body = (byte[]) Objects.requireNonNull(answer.getEntity(), "every answer has a body");
        response.write(true, ByteBuffer.wrap(body), callback);
    }
}
