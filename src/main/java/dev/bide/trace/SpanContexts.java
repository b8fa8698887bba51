package dev.bide.trace;

import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.propagation.W3CTraceContextPropagator;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.propagation.TextMapGetter;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A span's context as W3C Trace Context writes it (section 3.2), and back. */
final class SpanContexts {
    static final String HEADER = "traceparent";

    private static final TextMapGetter<String> READ = new TextMapGetter<>() {
        @Override
        public Iterable<String> keys(String header) {
            return List.of(HEADER);
        }

        @Override
        public @Nullable String get(@Nullable String header, String key) {
            return key.equals(HEADER) ? header : null;
        }
    };

    private SpanContexts() {}

    /** Invalid where there is none, and where it is not written as section 3.2 wants it: then section 4.2.2 has a new trace begun. */
    static SpanContext read(@Nullable String traceparent) {
        if (traceparent == null) {
            return SpanContext.getInvalid();
        }
        Context context = W3CTraceContextPropagator.getInstance().extract(Context.root(), traceparent, READ);
        return Span.fromContext(context).getSpanContext();
    }

    static String write(SpanContext span) {
        return write(span, span.isSampled());
    }

    static String write(SpanContext span, boolean sampled) {
        return "00-" + span.getTraceId() + "-" + span.getSpanId() + (sampled ? "-01" : "-00");
    }

    /** Of one that {@link #write} wrote: cheaper than to read it. */
    static boolean isSampled(@Nullable String traceparent) {
        return traceparent != null && traceparent.endsWith("1");
    }
}
