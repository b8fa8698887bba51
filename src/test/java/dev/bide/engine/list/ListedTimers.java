package dev.bide.engine.list;

import dev.bide.testing.Sql;
import dev.bide.workflow.TimerStatus;
import dev.bide.workflow.store.TimerFilter;
import java.sql.Timestamp;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Timers of all kinds, put into the tables at random, and what each list of them should hold. */
final class ListedTimers {
    static final int DAYS = 40;
    private static final int LANE = 77;

    private final Sql sql;
    private final Random random;
    private final String spec;
    private final Instant now = Instant.now().truncatedTo(ChronoUnit.MILLIS);
    private final List<Row> rows = new ArrayList<>();
    final List<UUID> workflows = new ArrayList<>();
    final List<UUID> tasks = new ArrayList<>();
    final List<UUID> runs = new ArrayList<>();

    /** @param spec of any timer */
    ListedTimers(Sql sql, Random random, String spec) {
        this.sql = sql;
        this.random = random;
        this.spec = spec;
        for (String history :
                List.of("timer_history", "timer_dead", "timer_key_history", "run_history", "run_key_history")) {
            sql.number(
                    "SELECT count(bide_make_partition(?, (now() AT TIME ZONE 'UTC')::date - ago)) FROM generate_series(0, ?) AS ago",
                    history,
                    DAYS);
        }
        for (int i = 0; i < 3; i++) {
            UUID workflow = id(now.minus(Duration.ofDays(DAYS - 10L * i)));
            workflows.add(workflow);
            for (int j = 0; j < 2; j++) {
                UUID task = id(now.minus(Duration.ofDays(DAYS - 10L * i)));
                tasks.add(task);
                sql.execute("INSERT INTO workflow_task VALUES (?, ?, 'task', 1)", task, workflow);
            }
            runs.add(id(now.minus(Duration.ofDays(DAYS - 10L * i - 1))));
        }
    }

    private record Row(
            UUID id,
            TimerStatus status,
            Instant due,
            @Nullable Instant finished,
            @Nullable Integer owner,
            @Nullable Integer task,
            long problem) {}

    void add(int count) {
        for (int i = 0; i < count; i++) {
            add();
        }
    }

    private void add() {
        TimerStatus status = TimerStatus.values()[random.nextInt(TimerStatus.values().length)];
        Integer owner = random.nextBoolean() ? random.nextInt(workflows.size()) : null;
        int age = owner == null ? DAYS : DAYS - 10 * owner - 1;
        Instant made = now.minusSeconds(random.nextInt(age * 86_400)).minusMillis(random.nextInt(3));
        Instant finished = status.waiting() ? null : between(made, now);
        Instant due = status == TimerStatus.DELIVERED || status == TimerStatus.DEAD
                ? between(made, finished)
                : made.plusSeconds(random.nextInt(60 * 86_400));
        if (random.nextInt(3) == 0 && status != TimerStatus.DELIVERED && status != TimerStatus.DEAD) {
            // Many of one moment.
            due = now.plus(Duration.ofDays(5));
        }
        Integer task = owner == null ? null : owner * 2 + random.nextInt(2);
        Row row = new Row(id(made), status, due, finished, owner, task, random.nextInt(2));
        rows.add(row);
        store(row, made);
    }

    private void store(Row row, Instant made) {
        String table = row.status.waiting() ? "timer" : "timer_history";
        sql.execute(
                "INSERT INTO " + table
                        + " (id, status, due_at, next_attempt_at, created_at, timezone, spec, attempts_spent,"
                        + " run_id, workflow_id, workflow_version, task_id, finished_at)"
                        + " VALUES (?, ?, ?, ?, ?, 'UTC', ?::json, 1, ?::uuid, ?::uuid, ?::int, ?::uuid, ?::timestamptz)",
                row.id,
                row.status.toString(),
                time(row.due),
                row.finished == null ? time(row.due) : null,
                time(made),
                spec,
                row.owner == null ? null : runs.get(row.owner),
                row.owner == null ? null : workflows.get(row.owner),
                row.owner == null ? null : 1,
                row.task == null ? null : tasks.get(row.task),
                time(row.finished));
        if (row.status == TimerStatus.DEAD) {
            sql.execute(
                    "INSERT INTO timer_dead (id, finished_at, due_at, problem, lane, host, outcome, text, run_id, workflow_id, task_id)"
                            + " VALUES (?, ?, ?, ?, ?, 'a:1', 'failed', '', ?::uuid, ?::uuid, ?::uuid)",
                    row.id,
                    time(row.finished),
                    time(row.due),
                    row.problem,
                    LANE,
                    row.owner == null ? null : runs.get(row.owner),
                    row.owner == null ? null : workflows.get(row.owner),
                    row.task == null ? null : tasks.get(row.task));
        }
    }

    private Instant between(Instant from, Instant to) {
        return from.plusMillis(
                (long) (random.nextDouble() * Duration.between(from, to).toMillis()));
    }

    static @Nullable Timestamp time(@Nullable Instant instant) {
        return instant == null ? null : Timestamp.from(instant);
    }

    /** As if made then. */
    UUID id(Instant made) {
        return new UUID(
                made.toEpochMilli() << 16 | 0x7000 | random.nextInt(0x1000), random.nextLong() >>> 2 | 1L << 63);
    }

    /** The ids that the list should show, in its order. */
    List<UUID> expected(TimerFilter filter) {
        Comparator<Row> byId = Comparator.comparing(row -> row.id.toString());
        Comparator<Row> order =
                switch (filter.order()) {
                    case NEWEST -> byId.reversed();
                    case DUE -> Comparator.comparing(Row::due).thenComparing(byId);
                    case DEATH ->
                        Comparator.comparing(Row::finished).thenComparing(byId).reversed();
                    case FIRING -> throw new IllegalArgumentException("these have no triggers");
                };
        return rows.stream()
                .filter(row -> matches(filter, row))
                .sorted(order)
                .map(Row::id)
                .toList();
    }

    private boolean matches(TimerFilter filter, Row row) {
        return filter.listed().contains(row.status)
                && is(filter.runId(), row.owner, runs)
                && is(filter.workflowId(), row.owner, workflows)
                && is(filter.taskId(), row.task, tasks)
                && (filter.problem() == null || filter.problem() == row.problem)
                && (filter.dueFrom() == null || !row.due.isBefore(filter.dueFrom()))
                && (filter.dueTo() == null || row.due.isBefore(filter.dueTo()));
    }

    private static boolean is(@Nullable UUID asked, @Nullable Integer of, List<UUID> all) {
        return asked == null || of != null && all.get(of).equals(asked);
    }

    Instant now() {
        return now;
    }
}
