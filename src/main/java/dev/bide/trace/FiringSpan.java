package dev.bide.trace;

import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.context.Context;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** A timer in the hands of a thread, from its firing to the end of its call. Used by that thread. */
public final class FiringSpan implements AutoCloseable {
    /** Of a timer that is not traced, and of calls that are no timer's. */
    public static final FiringSpan NONE = new FiringSpan(null, null, null);

    private final @Nullable Exporting exporting;
    private final @Nullable Span span;
    private final @Nullable LogIds logged;
    private @Nullable String failure;
    private boolean ended;

    /**
     * What fires.
     *
     * @param run null for a lone timer, as are the next two
     * @param attempt the number of the attempt that is due
     */
    public record Of(
            UUID timer,
            @Nullable UUID run,
            @Nullable UUID workflow,
            @Nullable UUID task,
            int attempt) {}

    private FiringSpan(@Nullable Exporting exporting, @Nullable Span span, @Nullable LogIds logged) {
        this.exporting = exporting;
        this.span = span;
        this.logged = logged;
    }

    static FiringSpan begin(Exporting exporting, Of timer, Span span) {
        if (!span.isRecording()) {
            return new FiringSpan(exporting, span, null);
        }
        span.setAttribute(Names.TIMER, timer.timer().toString());
        span.setAttribute(Names.ATTEMPT, (long) timer.attempt());
        if (timer.run() != null) {
            span.setAttribute(Names.RUN, timer.run().toString());
            span.setAttribute(Names.WORKFLOW, String.valueOf(timer.workflow()));
            span.setAttribute(Names.TASK, String.valueOf(timer.task()));
        }
        return new FiringSpan(
                exporting,
                span,
                LogIds.put(
                        span.getSpanContext().getTraceId(),
                        span.getSpanContext().getSpanId()));
    }

    /** The call begins. */
    public CallSpan call(String method, String host, int port) {
        if (exporting == null || span == null) {
            return CallSpan.NONE;
        }
        Span call = exporting
                .tracer()
                .spanBuilder(method)
                .setSpanKind(SpanKind.CLIENT)
                .setParent(Context.root().with(span))
                .startSpan();
        if (call.isRecording()) {
            call.setAttribute(Names.METHOD, method);
            call.setAttribute(Names.SERVER, host);
            call.setAttribute(Names.PORT, (long) port);
        }
        return new CallSpan(call);
    }

    /**
     * An attempt was made.
     *
     * @param outcome the contract's word for it
     * @param late ms after its time that it began
     * @param failed whether it did not deliver
     */
    public void attempted(String outcome, long late, boolean failed) {
        if (span != null && span.isRecording()) {
            span.setAttribute(Names.OUTCOME, outcome);
            span.setAttribute(Names.LATENESS, late);
            failure = failed ? outcome : null;
        }
    }

    /**
     * Ends it. Where it is exported, sampled or because it failed, the answer says what it is to be called by whoever is told of the attempt.
     */
    public @Nullable ExportedSpan end() {
        if (exporting == null || span == null) {
            return null;
        }
        boolean exported = span.getSpanContext().isSampled() || failure != null && exporting.failures();
        if (!ended) {
            ended = true;
            if (failure != null) {
                span.setAttribute(Names.ERROR, failure);
                span.setStatus(StatusCode.ERROR);
            }
            span.end();
        }
        return exported ? new ExportedSpan(SpanContexts.write(span.getSpanContext(), true)) : null;
    }

    /** Ends it, if it isn't yet, and what its thread logs is its own again. */
    @Override
    public void close() {
        if (span == null) {
            return;
        }
        end();
        if (logged != null) {
            logged.close();
        }
    }
}
