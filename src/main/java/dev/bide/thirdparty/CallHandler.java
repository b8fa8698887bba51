package dev.bide.thirdparty;

import java.io.PrintStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.eclipse.jetty.http.HttpField;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpStatus;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.BufferUtil;
import org.eclipse.jetty.util.Callback;
import org.jspecify.annotations.Nullable;

/** Answers any path and method as the query wishes, and notes the call. */
final class CallHandler extends Handler.Abstract.NonBlocking {
    private static final byte[] ANSWERED = "{\"received\":true}\n".getBytes(StandardCharsets.UTF_8);
    private static final int PRINTED = 300;

    private final Ledger ledger;
    private final RecentCalls recent;
    private final InstantSource clock;
    private final @Nullable PrintStream printer;

    /** @param printer gets a line for each call; null for none */
    CallHandler(Ledger ledger, RecentCalls recent, InstantSource clock, @Nullable PrintStream printer) {
        this.ledger = ledger;
        this.recent = recent;
        this.clock = clock;
        this.printer = printer;
    }

    @Override
    public boolean handle(Request request, Response response, Callback callback) {
        Instant receivedAt = clock.instant();
        Wish wish;
        try {
            wish = request.getHttpURI().getQuery() == null
                    ? Wish.NONE
                    : Wish.of(Request.extractQueryParameters(request));
        } catch (IllegalArgumentException e) {
            // Its body is read all the same: the server would close the connection else, and fail the next call on it.
            new BodyReader(
                            request,
                            body -> {
                                response.setStatus(400);
                                Content.Sink.write(response, true, e.getMessage() + "\n", callback);
                            },
                            callback::failed)
                    .run();
            return true;
        }
        String key = request.getHeaders().get("Idempotency-Key");
        // Without a key, calls to the same address are taken for one.
        String counted =
                key == null ? request.getMethod() + " " + request.getHttpURI().getPathQuery() : key;
        int count = ledger.note(counted, receivedAt.toEpochMilli(), dueAt(request));
        int status = wish.answer(count);
        new BodyReader(
                        request,
                        body -> {
                            remember(request, receivedAt, key, count, status, body);
                            answerAfterDelay(request, response, callback, wish, status);
                        },
                        callback::failed)
                .run();
        return true;
    }

    private static long dueAt(Request request) {
        String header = request.getHeaders().get("Bide-Due-At");
        if (header == null) {
            return 0;
        }
        try {
            return Instant.parse(header).toEpochMilli();
        } catch (DateTimeException e) {
            return 0;
        }
    }

    private void remember(
            Request request, Instant receivedAt, @Nullable String key, int count, int status, String body) {
        String path = request.getHttpURI().getPathQuery();
        if (recent.remembers()) {
            recent.add(new ReceivedCall(
                    receivedAt, request.getMethod(), path, key, count, status, headers(request), body));
        }
        if (printer != null) {
            String line = "%s %s %s key=%s call=%d -> %d %s"
                    .formatted(receivedAt, request.getMethod(), path, key, count, status, body)
                    .replaceAll("\\p{Cntrl}", " ");
            printer.println(line.length() <= PRINTED ? line : line.substring(0, PRINTED) + "…");
        }
    }

    private static Map<String, List<String>> headers(Request request) {
        Map<String, List<String>> headers = new LinkedHashMap<>();
        for (HttpField field : request.getHeaders()) {
            headers.put(
                    field.getName().toLowerCase(Locale.ROOT),
                    request.getHeaders().getValuesList(field.getName()));
        }
        return headers;
    }

    private static void answerAfterDelay(Request request, Response response, Callback callback, Wish wish, int status) {
        if (wish.delay().isZero()) {
            answer(response, callback, wish, status);
        } else {
            request.getComponents()
                    .getScheduler()
                    .schedule(
                            () -> answer(response, callback, wish, status),
                            wish.delay().toMillis(),
                            TimeUnit.MILLISECONDS);
        }
    }

    /** As others say it. */
    private static byte[] fault(int status) {
        return ("{\"error\":\"" + HttpStatus.getMessage(status) + "\"}\n").getBytes(StandardCharsets.UTF_8);
    }

    private static void answer(Response response, Callback callback, Wish wish, int status) {
        response.setStatus(status);
        if (status >= 300 && wish.retryAfter() != null) {
            response.getHeaders().put(HttpHeader.RETRY_AFTER, wish.retryAfter());
        }
        if (status == 204 || status == 304) {
            response.write(true, BufferUtil.EMPTY_BUFFER, callback);
            return;
        }
        response.getHeaders().put(HttpHeader.CONTENT_TYPE, "application/json");
        response.write(true, ByteBuffer.wrap(status < 400 ? ANSWERED : fault(status)), callback);
    }
}
