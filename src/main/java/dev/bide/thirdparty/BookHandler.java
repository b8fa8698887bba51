package dev.bide.thirdparty;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeModule;
import java.io.IOException;
import java.io.OutputStreamWriter;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.BufferUtil;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.Fields;
import org.jspecify.annotations.Nullable;

/** Shows what was received: {@code GET /_calls?key=&limit=}, {@code GET /_calls/count}, {@code GET /_ledger}; {@code DELETE /_calls} forgets it. */
final class BookHandler extends Handler.Abstract {
    private static final int DEFAULT_LIMIT = 100;

    private final Ledger ledger;
    private final RecentCalls recent;
    private final ObjectMapper json = JsonMapper.builder()
            .addModule(new JavaTimeModule())
            .disable(SerializationFeature.WRITE_DATES_AS_TIMESTAMPS)
            .build();

    BookHandler(Ledger ledger, RecentCalls recent) {
        this.ledger = ledger;
        this.recent = recent;
    }

    @Override
    public boolean handle(Request request, Response response, Callback callback) throws Exception {
        switch (request.getMethod() + " " + request.getHttpURI().getPath()) {
            case "GET /_calls" ->
                answer(response, callback, Map.of("calls", find(Request.extractQueryParameters(request))));
            case "GET /_calls/count" ->
                answer(response, callback, Map.of("calls", ledger.calls(), "keys", ledger.keys()));
            case "GET /_ledger" -> stream(response, callback);
            case "DELETE /_calls" -> {
                ledger.clear();
                recent.clear();
                response.setStatus(204);
                response.write(true, BufferUtil.EMPTY_BUFFER, callback);
            }
            default -> {
                return false;
            }
        }
        return true;
    }

    private List<ReceivedCall> find(Fields query) {
        return recent.find(query.getValue("key"), limit(query.getValue("limit")));
    }

    private static int limit(@Nullable String text) {
        return text != null && text.matches("\\d{1,6}") ? Integer.parseInt(text) : DEFAULT_LIMIT;
    }

    private void answer(Response response, Callback callback, Object body) throws IOException {
        response.getHeaders().put(HttpHeader.CONTENT_TYPE, "application/json");
        Content.Sink.write(response, true, json.writeValueAsString(body) + "\n", callback);
    }

    private void stream(Response response, Callback callback) throws IOException {
        response.getHeaders().put(HttpHeader.CONTENT_TYPE, "text/csv");
        try (Writer writer = new OutputStreamWriter(Content.Sink.asOutputStream(response), StandardCharsets.UTF_8)) {
            ledger.write(writer);
        }
        callback.succeeded();
    }
}
