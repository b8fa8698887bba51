package dev.bide.trace;

import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.StatusCode;
import org.jspecify.annotations.Nullable;

/** One call to a third party. Used by one thread. */
public final class CallSpan {
    static final CallSpan NONE = new CallSpan(null);

    private final @Nullable Span span;

    CallSpan(@Nullable Span span) {
        this.span = span;
    }

    /** The header that tells the third party of it; null where there is none. */
    public @Nullable String traceparent() {
        return span == null ? null : SpanContexts.write(span.getSpanContext());
    }

    /** @param failure what kind of one; null where it was none. Nothing of what was sent or answered */
    public void end(@Nullable Integer status, @Nullable String failure) {
        if (span == null) {
            return;
        }
        if (span.isRecording()) {
            if (status != null) {
                span.setAttribute(Names.STATUS, status.longValue());
            }
            if (failure != null) {
                span.setAttribute(Names.ERROR, status == null ? failure : status.toString());
                span.setStatus(StatusCode.ERROR);
            }
        }
        span.end();
    }
}
