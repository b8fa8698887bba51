package dev.bide.trace;

import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.TraceFlags;
import io.opentelemetry.context.Context;
import io.opentelemetry.sdk.common.CompletableResultCode;
import io.opentelemetry.sdk.common.InstrumentationLibraryInfo;
import io.opentelemetry.sdk.common.InstrumentationScopeInfo;
import io.opentelemetry.sdk.trace.ReadWriteSpan;
import io.opentelemetry.sdk.trace.ReadableSpan;
import io.opentelemetry.sdk.trace.SpanProcessor;
import io.opentelemetry.sdk.trace.data.DelegatingSpanData;
import io.opentelemetry.sdk.trace.data.SpanData;
import org.jspecify.annotations.Nullable;

/**
 * Hands on what is sampled, and what was only recorded and failed: as sampled, or it would be left out after all. A firing that made no attempt is left out: a timer that
 * is put off for hours would else push what happened out of the queue.
 */
record FailuresToo(SpanProcessor next) implements SpanProcessor {
    @Override
    public void onStart(Context parent, ReadWriteSpan span) {
        next.onStart(parent, span);
    }

    @Override
    public boolean isStartRequired() {
        return next.isStartRequired();
    }

    @Override
    public void onEnd(ReadableSpan span) {
        if (span.getKind() == SpanKind.CONSUMER && span.getAttribute(Names.OUTCOME) == null) {
            return;
        }
        if (span.getSpanContext().isSampled()) {
            next.onEnd(span);
        } else if (span.getAttribute(Names.ERROR) != null) {
            next.onEnd(new Sampled(span));
        }
    }

    @Override
    public boolean isEndRequired() {
        return true;
    }

    @Override
    public CompletableResultCode shutdown() {
        return next.shutdown();
    }

    @Override
    public CompletableResultCode forceFlush() {
        return next.forceFlush();
    }

    private static SpanContext sampled(SpanContext context) {
        return SpanContext.create(
                context.getTraceId(), context.getSpanId(), TraceFlags.getSampled(), context.getTraceState());
    }

    /** A span that has ended. */
    private record Sampled(ReadableSpan span) implements ReadableSpan {
        @Override
        public SpanContext getSpanContext() {
            return sampled(span.getSpanContext());
        }

        @Override
        public SpanContext getParentSpanContext() {
            return span.getParentSpanContext();
        }

        @Override
        public String getName() {
            return span.getName();
        }

        @Override
        public SpanData toSpanData() {
            return new SampledData(span.toSpanData());
        }

        @Override
        @Deprecated
        public InstrumentationLibraryInfo getInstrumentationLibraryInfo() {
            return span.getInstrumentationLibraryInfo();
        }

        @Override
        public InstrumentationScopeInfo getInstrumentationScopeInfo() {
            return span.getInstrumentationScopeInfo();
        }

        @Override
        public boolean hasEnded() {
            return span.hasEnded();
        }

        @Override
        public long getLatencyNanos() {
            return span.getLatencyNanos();
        }

        @Override
        public SpanKind getKind() {
            return span.getKind();
        }

        @Override
        public <T> @Nullable T getAttribute(AttributeKey<T> key) {
            return span.getAttribute(key);
        }

        @Override
        public Attributes getAttributes() {
            return span.getAttributes();
        }
    }

    private static final class SampledData extends DelegatingSpanData {
        private final SpanContext context;

        SampledData(SpanData data) {
            super(data);
            this.context = sampled(data.getSpanContext());
        }

        @Override
        public SpanContext getSpanContext() {
            return context;
        }
    }
}
