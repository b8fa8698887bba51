package dev.bide.trace;

import org.slf4j.MDC;

/** What this thread logs carries the ids of a span, under the names of the Elastic Common Schema, until it is closed. */
public final class LogIds implements AutoCloseable {
    static final String TRACE = "trace.id";
    static final String SPAN = "span.id";

    private static final LogIds PUT = new LogIds();

    private LogIds() {}

    static LogIds put(String trace, String span) {
        MDC.put(TRACE, trace);
        MDC.put(SPAN, span);
        return PUT;
    }

    @Override
    public void close() {
        MDC.remove(TRACE);
        MDC.remove(SPAN);
    }
}
