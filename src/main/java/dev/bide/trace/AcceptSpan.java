package dev.bide.trace;

import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.StatusCode;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** From a request that was read to its answer. Told and ended by one thread after the other. */
public final class AcceptSpan {
    private static final Logger LOG = LoggerFactory.getLogger(AcceptSpan.class);

    static final AcceptSpan NONE = new AcceptSpan(null, false);

    private final @Nullable Span span;
    private final boolean asked;

    /** @param asked whether the request brought a context */
    AcceptSpan(@Nullable Span span, boolean asked) {
        this.span = span;
        this.asked = asked;
    }

    /** What is to be kept with the timer, so that its firings are linked to this; null where it is neither sampled nor somebody's who asked for it. */
    public @Nullable String context() {
        return span != null && (asked || span.getSpanContext().isSampled())
                ? SpanContexts.write(span.getSpanContext())
                : null;
    }

    public void timer(@Nullable UUID id) {
        tell(Names.TIMER, id);
    }

    public void run(@Nullable UUID id) {
        tell(Names.RUN, id);
    }

    public void workflow(@Nullable UUID id) {
        tell(Names.WORKFLOW, id);
    }

    public void items(int number) {
        if (span != null) {
            span.setAttribute(Names.ITEMS, (long) number);
        }
    }

    private void tell(AttributeKey<String> name, @Nullable UUID id) {
        if (span != null && id != null && span.isRecording()) {
            span.setAttribute(name, id.toString());
        }
    }

    /**
     * Ends with what {@code work} comes to.
     *
     * @param told when it is stored
     */
    public <T> CompletableFuture<T> around(Supplier<CompletableFuture<T>> work, Consumer<T> told) {
        return during(work, false).whenComplete((stored, fault) -> {
            try {
                if (span != null && fault == null) {
                    told.accept(stored);
                }
            } catch (RuntimeException e) {
                // What is stored is stored, whatever can be said of it.
                LOG.warn("A span lacks what it should say: {}", e.toString());
            } finally {
                end(fault instanceof CompletionException && fault.getCause() != null ? fault.getCause() : fault);
            }
        });
    }

    /** Ends with {@code work}. */
    public <T> T during(Supplier<T> work) {
        return during(work, true);
    }

    private <T> T during(Supplier<T> work, boolean ends) {
        if (span == null) {
            return work.get();
        }
        try (LogIds ids = LogIds.put(
                span.getSpanContext().getTraceId(), span.getSpanContext().getSpanId())) {
            T result = work.get();
            if (ends) {
                end(null);
            }
            return result;
        } catch (RuntimeException | Error e) {
            end(e);
            throw e;
        }
    }

    /** @param fault of a kind, not its message, which may hold what is nobody's business; null where all went well */
    private void end(@Nullable Throwable fault) {
        if (span == null) {
            return;
        }
        if (fault != null) {
            span.setAttribute(Names.ERROR, fault.getClass().getName());
            span.setStatus(StatusCode.ERROR);
        }
        span.end();
    }
}
