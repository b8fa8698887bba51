package dev.bide.http;

import com.fasterxml.jackson.core.JsonFactory;
import dev.bide.engine.BulkResult;
import dev.bide.workflow.RunDraft;
import jakarta.ws.rs.container.ContainerRequestContext;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Reads the bodies of requests within the limits of the configuration. Thread-safe. */
final class Requests {
    private final JsonBody json;
    private final ApiConfiguration limits;
    private final Semaphore bulkCalls;

    Requests(JsonFactory factory, ApiConfiguration limits) {
        this.json = new JsonBody(factory);
        this.limits = limits;
        this.bulkCalls = new Semaphore(limits.maxConcurrentBulkCalls);
    }

    /** A run's draft, its input no larger than the limit. */
    @Nullable
    RunDraft run(Fields fields) {
        return Drafts.run(fields, limits.inputLimit());
    }

    <T> T read(ContainerRequestContext request, Function<Fields, @Nullable T> draft) {
        return draft(body(request), draft);
    }

    byte[] body(ContainerRequestContext request) {
        return RequestBody.read(request, limits.bodyLimit());
    }

    <T> T draft(byte[] body, Function<Fields, @Nullable T> draft) {
        return json.read(body, draft);
    }

    /**
     * Reads and stores what a bulk call brings. Few calls at a time: their bodies are what could fill the memory.
     *
     * @param listName of the list in the body
     * @param store stores the drafts that are in order
     */
    <T> BulkAnswer bulk(
            ContainerRequestContext request,
            String listName,
            Function<Fields, @Nullable T> draft,
            Function<List<T>, List<BulkResult>> store) {
        if (!bulkCalls.tryAcquire()) {
            throw new RequestException(ProblemType.BUSY, "Other bulk calls are under way; try again in a moment");
        }
        try {
            byte[] bytes = RequestBody.read(request, limits.bulkBodyLimit());
            BulkBody<T> body = new BulkBody<>(listName, limits.maxBulkItems, limits.bodyLimit(), draft);
            return BulkAnswer.of(json.parse(bytes, body::read), store);
        } finally {
            bulkCalls.release();
        }
    }
}
