package dev.bide.engine.figures;

import dev.bide.engine.quartz.FiringTimers;
import dev.bide.engine.quartz.TimerTriggers;
import dev.bide.json.InvalidException;
import dev.bide.workflow.figures.Counted;
import dev.bide.workflow.figures.Density;
import dev.bide.workflow.figures.DueStore.Buckets;
import dev.bide.workflow.figures.DueStore.Near;
import dev.bide.workflow.figures.DueStore.Statistics;
import dev.bide.workflow.store.Database;
import dev.bide.workflow.store.Session;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * How many timers come due when: near ones are counted by an index, those beyond estimated by the database's statistics. Measured at ten million waiting, a third of them at
 * one moment of a working day, with 500 steps of due_at (100 in brackets): weeks are off by 2.5 % in the middle (3 %) and 12 % at most (48 %), days by 4 % (4 %) and 18 % (31 %); of a
 * single task, with a hundredth of all, days by 7 % (9 %). To analyse so much takes 1.5 s of a core. Thread-safe.
 */
public final class DueDensity {
    private static final Duration KEPT = Duration.ofSeconds(10);
    private static final Duration STATISTICS_KEPT = Duration.ofMinutes(1);
    private static final int MOST_ANSWERS = 100;

    /** Timers that are counted: entries of an index, some 30 ms. */
    private static final int MOST_COUNTED = 100_000;

    private static final int MOST_TASKS = 200;

    private final Database reads;
    private final FiringTimers firing;
    private final Function<String, Optional<Set<Integer>>> hosts;
    private final Recent<Density.Asked, Density> answers = new Recent<>(KEPT, MOST_ANSWERS);
    private final Recent<Boolean, Known> statistics = new Recent<>(STATISTICS_KEPT, 1);

    /** @param hosts the lanes of a host, as somebody writes it; empty where it is none */
    public DueDensity(Database reads, FiringTimers firing, Function<String, Optional<Set<Integer>>> hosts) {
        this.reads = reads;
        this.firing = firing;
        this.hosts = hosts;
    }

    private record Known(Statistics statistics, DueShape shape) {}

    /** @throws dev.bide.json.InvalidException for a host that can't be one */
    public Density of(Density.Asked asked) {
        return answers.answer(asked, this::read);
    }

    private Density read(Density.Asked asked) {
        Buckets buckets = asked.buckets();
        Set<Integer> lanes = asked.host() == null ? Set.of() : lanes(asked.host());
        Counting counting = reads.inTransaction(session -> {
            session.readBriefly();
            return new Counting(session.figures().capacityPerSecond().orElse(null), parts(session, asked, lanes));
        });
        return new Density(counting.capacity, sum(buckets, counting.parts));
    }

    private record Counting(@Nullable Double capacity, List<Part> parts) {}

    private Set<Integer> lanes(String host) {
        return hosts.apply(host).orElseThrow(() -> new InvalidException("host", TimerTriggers.HOST_RULE));
    }

    /** @param share of all that wait, for what lies beyond */
    private record Part(Near near, ToDoubleFunction<Statistics> share) {}

    private List<Part> parts(Session session, Density.Asked asked, Set<Integer> lanes) {
        Buckets buckets = asked.buckets();
        if (!lanes.isEmpty()) {
            return List.of(new Part(
                    near(buckets, firing.times(session, lanes, buckets.from(), buckets.to(), MOST_COUNTED + 1)),
                    statistics -> lanes.stream()
                            .mapToDouble(lane -> statistics.lanes().of(lane))
                            .sum()));
        }
        if (asked.workflowId() == null && asked.taskId() == null) {
            return List.of(new Part(session.due().near(buckets, MOST_COUNTED), statistics -> 1));
        }
        Collection<UUID> tasks = tasks(session, asked);
        if (tasks.isEmpty()) {
            return List.of();
        }
        List<Part> parts = new ArrayList<>();
        if (tasks.size() > MOST_TASKS) {
            // What is left out makes no bucket exact.
            tasks = tasks.stream().limit(MOST_TASKS).toList();
            parts.add(new Part(new Near(Map.of(), buckets.from()), statistics -> 0));
        }
        session.due().near(tasks, buckets, MOST_COUNTED / tasks.size()).entrySet().stream()
                .map(task -> new Part(
                        task.getValue(), statistics -> statistics.tasks().of(task.getKey())))
                .forEach(parts::add);
        return parts;
    }

    private static Collection<UUID> tasks(Session session, Density.Asked asked) {
        UUID task = asked.taskId();
        UUID workflow = asked.workflowId();
        if (workflow == null) {
            return List.of(Objects.requireNonNull(task));
        }
        List<UUID> tasks = session.due().tasks(workflow, MOST_TASKS + 1);
        return task == null ? tasks : tasks.stream().filter(task::equals).toList();
    }

    /** @param times in order; one more than are counted, where there are as many */
    private static Near near(Buckets buckets, List<Instant> times) {
        Map<Integer, Long> counts =
                times.stream().limit(MOST_COUNTED).collect(Collectors.groupingBy(buckets::of, Collectors.counting()));
        return new Near(counts, times.size() <= MOST_COUNTED ? null : times.get(MOST_COUNTED - 1));
    }

    private List<Density.Bucket> sum(Buckets buckets, List<Part> parts) {
        long[] counted = new long[buckets.count()];
        double[] estimated = new double[buckets.count()];
        int exact = buckets.count();
        for (Part part : parts) {
            part.near().counts().forEach((bucket, count) -> counted[bucket] += count);
            Instant last = part.near().last();
            if (last != null) {
                exact = Math.min(exact, buckets.of(last));
                addFar(buckets, part, last, estimated);
            }
        }
        List<Density.Bucket> all = new ArrayList<>();
        for (int i = 0; i < buckets.count(); i++) {
            all.add(new Density.Bucket(
                    buckets.begin(i),
                    buckets.begin(i + 1),
                    new Counted(counted[i] + Math.round(estimated[i]), i < exact)));
        }
        return all;
    }

    /** What comes after the last that was counted: of its bucket the rest, and those behind. Many may be due at the moment of the last, and not be counted. */
    private void addFar(Buckets buckets, Part part, Instant last, double[] estimated) {
        Known known = statistics.answer(true, all -> know());
        double rows = known.statistics().rows() * part.share().applyAsDouble(known.statistics());
        int seam = buckets.of(last);
        double rest = rows * known.shape().share(last.plusMillis(1), buckets.begin(seam + 1));
        double whole = rows * known.shape().share(buckets.begin(seam), buckets.begin(seam + 1));
        estimated[seam] += Math.max(rest, whole - part.near().counts().getOrDefault(seam, 0L));
        for (int i = seam + 1; i < buckets.count(); i++) {
            estimated[i] += rows * known.shape().share(buckets.begin(i), buckets.begin(i + 1));
        }
    }

    private Known know() {
        Statistics read = reads.inTransaction(session -> session.due().statistics());
        return new Known(read, new DueShape(read));
    }
}
