package dev.bide.jobstore;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import org.quartz.Job;
import org.quartz.JobExecutionContext;

/** Counts firings by trigger and by scheduled time, for all nodes of this JVM; a test names its own board, since jobs are made by Quartz. */
public final class Firings {
    static final String BOARD = "board";
    private static final Map<String, Firings> BOARDS = new ConcurrentHashMap<>();

    final Map<String, LongAdder> byTrigger = new ConcurrentHashMap<>();
    final Map<String, LongAdder> byTime = new ConcurrentHashMap<>();
    public final LongAdder total = new LongAdder();

    static Firings board(String name) {
        return BOARDS.computeIfAbsent(name, any -> new Firings());
    }

    void record(JobExecutionContext context) {
        String key = context.getTrigger().getKey().toString();
        byTrigger.computeIfAbsent(key, any -> new LongAdder()).increment();
        byTime.computeIfAbsent(key + "@" + context.getScheduledFireTime().getTime(), any -> new LongAdder())
                .increment();
        total.increment();
    }

    int count(String key) {
        LongAdder count = byTrigger.get(key);
        return count == null ? 0 : count.intValue();
    }

    /** Counts, and does nothing else. */
    public static final class CountingJob implements Job {
        @Override
        public void execute(JobExecutionContext context) {
            board(context.getMergedJobDataMap().getString(BOARD)).record(context);
        }
    }
}
