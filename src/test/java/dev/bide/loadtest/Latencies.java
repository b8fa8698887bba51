package dev.bide.loadtest;

import java.util.concurrent.atomic.LongAccumulator;
import org.HdrHistogram.ConcurrentHistogram;
import org.HdrHistogram.Histogram;

/** Times, right to 1 in 1,000; the greatest exactly. Any thread may record, and any may read. The unit is the caller's. */
public final class Latencies {
    private final Histogram histogram = new ConcurrentHistogram(3);
    private final LongAccumulator greatest = new LongAccumulator(Math::max, 0);

    /** What is below 0 counts as 0. */
    public void record(long value) {
        long counted = Math.max(0, value);
        histogram.recordValue(counted);
        greatest.accumulate(counted);
    }

    public long count() {
        return histogram.getTotalCount();
    }

    /** Not above the greatest; 0 where nothing was recorded. */
    public long percentile(double percent) {
        return Math.min(histogram.getValueAtPercentile(percent), max());
    }

    public long max() {
        return greatest.get();
    }
}
