package dev.bide.trace;

import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanBuilder;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.context.Context;
import java.util.Collection;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** This node's spans. {@link TelemetryConfiguration} says where they go, if anywhere. Thread-safe. */
public final class Traces implements AutoCloseable {
    /** Makes none: each call is a branch. */
    public static final Traces OFF = new Traces(null);

    /** Links of one span that writes many timers; {@code bide.items} says how many they were. */
    static final int MOST_LINKS = 32;

    private final @Nullable Exporting exporting;

    Traces(@Nullable Exporting exporting) {
        this.exporting = exporting;
    }

    public boolean on() {
        return exporting != null;
    }

    /**
     * A request stores something from here on.
     *
     * @param what {@code timer}, {@code run}, {@code timers} or {@code runs}
     * @param traceparent that the request came with; one that is written badly counts for none
     */
    public AcceptSpan accept(String what, @Nullable String traceparent) {
        if (exporting == null) {
            return AcceptSpan.NONE;
        }
        SpanContext caller = SpanContexts.read(traceparent);
        Span span = exporting
                .tracer()
                .spanBuilder("accept " + what)
                .setSpanKind(SpanKind.PRODUCER)
                .setParent(caller.isValid() ? Context.root().with(Span.wrap(caller)) : Context.root())
                .startSpan();
        return new AcceptSpan(span, caller.isValid());
    }

    /**
     * A timer fires, and this thread sees to it until the span is closed: what it logs meanwhile carries the span's ids.
     *
     * @param accepted what {@link AcceptSpan#context} said when the timer was stored
     */
    public FiringSpan fire(FiringSpan.Of timer, @Nullable String accepted) {
        if (exporting == null) {
            return FiringSpan.NONE;
        }
        SpanBuilder span = exporting
                .tracer()
                .spanBuilder(Names.FIRING)
                .setSpanKind(SpanKind.CONSUMER)
                .setNoParent();
        SpanContext link = SpanContexts.read(accepted);
        if (link.isValid()) {
            span.addLink(link);
        }
        return FiringSpan.begin(exporting, timer, span.startSpan());
    }

    /**
     * One transaction writes many: a span with links to those spans among theirs that are sampled. There is none where none of them is.
     *
     * @param traceparent of an item, as we wrote it
     */
    public <T> SetSpan set(String name, Collection<T> items, Function<T, @Nullable String> traceparent) {
        if (exporting == null) {
            return SetSpan.NONE;
        }
        SpanBuilder span = null;
        int links = 0;
        for (T item : items) {
            String one = traceparent.apply(item);
            if (SpanContexts.isSampled(one) && links < MOST_LINKS) {
                span = span == null ? exporting.tracer().spanBuilder(name).setNoParent() : span;
                span.addLink(SpanContexts.read(one));
                links++;
            }
        }
        return span == null
                ? SetSpan.NONE
                : new SetSpan(
                        span.setAttribute(Names.ITEMS, (long) items.size()).startSpan());
    }

    /** What became of them; none where nothing is traced. */
    public TraceFigures figures() {
        return exporting == null ? TraceFigures.NONE : exporting.figures();
    }

    /** Sends what was made, for some seconds at most. */
    @Override
    public void close() {
        if (exporting != null) {
            exporting.close();
        }
    }
}
