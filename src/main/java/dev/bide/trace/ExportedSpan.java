package dev.bide.trace;

import java.util.regex.Pattern;

/**
 * A span that goes out, so that it may be referred to.
 *
 * @param traceparent its context as W3C Trace Context writes it, sampled
 */
public record ExportedSpan(String traceparent) {
    private static final Pattern SAMPLED = Pattern.compile("00-[0-9a-f]{32}-[0-9a-f]{16}-01");
    private static final int TRACE = 3;
    private static final int SPAN = 36;
    private static final int FLAGS = 53;

    public ExportedSpan {
        if (!SAMPLED.matcher(traceparent).matches()) {
            throw new IllegalArgumentException("traceparent must be one of a sampled span, not " + traceparent);
        }
    }

    public String traceId() {
        return traceparent.substring(TRACE, SPAN - 1);
    }

    /** What this thread logs until that is closed is of this span. */
    public LogIds logged() {
        return LogIds.put(traceId(), traceparent.substring(SPAN, FLAGS - 1));
    }
}
