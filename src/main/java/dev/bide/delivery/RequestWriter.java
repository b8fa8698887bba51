package dev.bide.delivery;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.bide.delivery.connection.CallTrace;
import dev.bide.delivery.template.Filler;
import dev.bide.delivery.template.UnfillableException;
import dev.bide.delivery.template.Values;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import okhttp3.Headers;
import okhttp3.HttpUrl;
import okhttp3.Request;
import okhttp3.RequestBody;
import org.jspecify.annotations.Nullable;

/** Makes the HTTP request of one attempt: the action, filled from the run, with Bide's own headers. */
final class RequestWriter {

    private static final byte[] NO_BODY = new byte[0];
    private static final DateTimeFormatter MILLISECONDS = DateTimeFormatter.ofPattern(
                    "uuuu-MM-dd'T'HH:mm:ss.SSS'Z'", Locale.ROOT)
            .withZone(ZoneOffset.UTC);
    private static final String USER_AGENT = "Bide/" + version();

    private final Filler filler;
    private final Signature signature;
    private final InstantSource clock;
    private final int filledHeadersLength;

    RequestWriter(Filler filler, Signature signature, InstantSource clock, int filledHeadersLength) {
        this.filler = filler;
        this.signature = signature;
        this.clock = clock;
        this.filledHeadersLength = filledHeadersLength;
    }

    /**
     * @param traceparent of the call; null where it is not traced. An action's own header goes first: who sends one means it
     * @throws UnfillableException where what the values make of the action can't be sent
     */
    Request write(HttpUrl url, DeliveryRequest delivery, CallTrace trace, @Nullable String traceparent)
            throws UnfillableException {
        Filled filled = fill(delivery);
        Headers.Builder headers = filled.headers();
        String text = filled.body();
        byte[] body = text == null ? NO_BODY : text.getBytes(UTF_8);
        if (traceparent != null && headers.get(HeaderRules.TRACE) == null) {
            headers.add(HeaderRules.TRACE, traceparent);
        }
        sign(headers, delivery.id(), body);
        String method = delivery.action().method();
        return new Request.Builder()
                .url(url)
                .headers(headers.build())
                .method(method, takesBody(method, text) ? RequestBody.create(body, null) : null)
                .tag(CallTrace.class, trace)
                .build();
    }

    /** The request for people to look at: as {@link #write} makes it, but not signed. */
    HttpAction show(DeliveryRequest delivery) throws UnfillableException {
        HttpAction action = delivery.action();
        Filled filled = fill(delivery);
        Map<String, String> headers = new LinkedHashMap<>();
        filled.headers().build().forEach(header -> headers.put(header.getFirst(), header.getSecond()));
        String body = filled.body();
        return new HttpAction(action.method(), action.url(), headers, takesBody(action.method(), body) ? body : null);
    }

    /** What the values make of an action, with Bide's own headers but for those that sign it. */
    private record Filled(Headers.Builder headers, @Nullable String body) {}

    private Filled fill(DeliveryRequest delivery) throws UnfillableException {
        HttpAction action = delivery.action();
        String dueAt = MILLISECONDS.format(delivery.dueAt());
        Values values = new Values(delivery.id(), dueAt, delivery.run());
        String text = action.body();
        String body = text == null ? null : filler.fillBody(text, values);

        Headers.Builder headers = new Headers.Builder();
        int room = filledHeadersLength;
        boolean typed = false;
        boolean encodingAccepted = false;
        for (Map.Entry<String, String> header : action.headers().entrySet()) {
            String name = header.getKey();
            String value = filler.fill(header.getValue(), values, room);
            room -= value.length();
            Optional<String> problem = HeaderRules.nameProblem(name).or(() -> HeaderRules.valueProblem(value));
            if (problem.isPresent()) {
                throw new UnfillableException("header " + name + " " + problem.get());
            }
            headers.addUnsafeNonAscii(name, value);
            typed |= name.equalsIgnoreCase("Content-Type");
            encodingAccepted |= name.equalsIgnoreCase("Accept-Encoding");
        }
        headers.add("User-Agent", USER_AGENT);
        headers.add(HeaderRules.IDEMPOTENCY_KEY, delivery.id());
        headers.add(HeaderRules.ATTEMPT, Integer.toString(delivery.attempt()));
        headers.add(HeaderRules.DUE_AT, dueAt);
        if (delivery.test()) {
            headers.add(HeaderRules.TEST, "true");
        }
        if (text != null && !typed) {
            headers.add("Content-Type", "application/json");
        }
        if (!encodingAccepted) {
            // Else OkHttp asks for gzip, and unpacks it.
            headers.add("Accept-Encoding", "identity");
        }
        return new Filled(headers, body);
    }

    private void sign(Headers.Builder headers, String id, byte[] body) {
        if (signature.configured()) {
            Instant now = clock.instant();
            headers.add("webhook-id", id);
            headers.add("webhook-timestamp", Long.toString(now.getEpochSecond()));
            headers.add("webhook-signature", signature.sign(id, now.getEpochSecond(), body));
        }
    }

    /** GET and HEAD have none; POST, PUT and PATCH have one, be it empty; DELETE has what it is given. */
    private static boolean takesBody(String method, @Nullable String text) {
        return switch (method) {
            case "GET", "HEAD" -> false;
            case "DELETE" -> text != null;
            default -> true;
        };
    }

    private static String version() {
        String version = RequestWriter.class.getPackage().getImplementationVersion();
        return version == null ? "development" : version;
    }
}
