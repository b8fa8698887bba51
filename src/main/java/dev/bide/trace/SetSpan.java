package dev.bide.trace;

import io.opentelemetry.api.trace.Span;
import org.jspecify.annotations.Nullable;

/** The writing of many timers by one transaction. Used by one thread. */
public final class SetSpan implements AutoCloseable {
    static final SetSpan NONE = new SetSpan(null);

    private final @Nullable Span span;

    SetSpan(@Nullable Span span) {
        this.span = span;
    }

    @Override
    public void close() {
        if (span != null) {
            span.end();
        }
    }
}
