package dev.bide.http.resource;

import dev.bide.engine.Acceptance;
import dev.bide.engine.Asked;
import dev.bide.engine.trial.ActionTrialDraft;
import dev.bide.engine.trial.SimulationDraft;
import dev.bide.http.ApiConfiguration;
import dev.bide.http.body.Body;
import dev.bide.http.problem.ProblemType;
import dev.bide.http.problem.RequestException;
import dev.bide.http.request.Drafts;
import dev.bide.json.Fields;
import dev.bide.json.JsonList;
import dev.bide.json.JsonReader;
import dev.bide.json.Reading;
import dev.bide.workflow.RunDraft;
import jakarta.ws.rs.container.ContainerRequestContext;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Reads the bodies of requests within the limits of the configuration. Thread-safe. */
public final class Requests {
    /** W3C Trace Context, section 3.2. */
    static final String TRACEPARENT = "traceparent";

    private final JsonReader json;
    private final ApiConfiguration limits;
    private final Semaphore bulkCalls;

    public Requests(ApiConfiguration limits) {
        this.json = new JsonReader(limits.maxBodyNodes, Drafts.KEY);
        this.limits = limits;
        this.bulkCalls = new Semaphore(limits.maxConcurrentBulkCalls);
    }

    /** A run's draft, its input no larger than the limit. */
    @Nullable
    RunDraft run(Fields fields) {
        return Drafts.run(fields, limits.inputLimit());
    }

    /** The same of a run that is only looked at. */
    @Nullable
    SimulationDraft simulation(Fields fields) {
        return Drafts.simulation(fields, limits.inputLimit());
    }

    /** An action that is tried, its input no larger than of a run. */
    @Nullable
    ActionTrialDraft actionTrial(Fields fields) {
        return Drafts.actionTrial(fields, limits.inputLimit());
    }

    <T> T read(ContainerRequestContext request, Function<Fields, @Nullable T> draft) {
        return read(body(request), draft).orRefuse();
    }

    static Body body(ContainerRequestContext request) {
        Body body = Body.of(request);
        if (body == null) {
            throw RequestException.malformed("The body is empty; it must be a JSON object");
        }
        return body;
    }

    /** That a request came with; null where there is none, or more than one. */
    static @Nullable String traceparent(ContainerRequestContext request) {
        List<String> values = request.getHeaders().get(TRACEPARENT);
        return values != null && values.size() == 1 ? values.get(0) : null;
    }

    private <T> Reading<T> read(Body body, Function<Fields, @Nullable T> draft) {
        return json.object(body.bytes(), body.values(), draft);
    }

    /** Something new. */
    <D> Asked<D> asked(Body body, Function<Fields, @Nullable D> draft) {
        return Drafts.asked(read(body, draft));
    }

    /**
     * Reads and stores what a bulk call brings. Few calls at a time: their bodies are what could fill the memory, and the disk is one.
     *
     * @param listName of the list in the body
     */
    <D, T> List<Acceptance<T>> bulk(
            ContainerRequestContext request,
            String listName,
            Function<Fields, @Nullable D> draft,
            Function<List<Asked<D>>, List<Acceptance<T>>> store) {
        Body body = body(request);
        if (!bulkCalls.tryAcquire()) {
            throw new RequestException(ProblemType.BUSY, "Other bulk calls are under way; try again in a moment");
        }
        try {
            JsonList<D> items = new JsonList<>(listName, limits.maxBulkItems, limits.bodyLimit(), json, draft);
            return store.apply(items.read(body.bytes(), body.values()).stream()
                    .<Asked<D>>map(Drafts::asked)
                    .toList());
        } finally {
            bulkCalls.release();
        }
    }
}
