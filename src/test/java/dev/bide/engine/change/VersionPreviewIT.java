package dev.bide.engine.change;

import static dev.bide.engine.EngineNode.action;
import static dev.bide.engine.EngineNode.quickly;
import static dev.bide.engine.EngineNode.seconds;
import static dev.bide.engine.EngineNode.task;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.bide.delay.DateDelay;
import dev.bide.delay.Delay;
import dev.bide.delay.IfPast;
import dev.bide.delay.PeriodDelay;
import dev.bide.delay.PeriodUnit;
import dev.bide.delay.WeekdaysDelay;
import dev.bide.engine.EngineExtension;
import dev.bide.engine.EngineNode;
import dev.bide.engine.Workflows;
import dev.bide.testing.Seed;
import dev.bide.workflow.JsonText;
import dev.bide.workflow.RefusedException;
import dev.bide.workflow.RunDraft;
import dev.bide.workflow.Task;
import dev.bide.workflow.TaskDraft;
import dev.bide.workflow.Times;
import dev.bide.workflow.Workflow;
import dev.bide.workflow.WorkflowDraft;
import dev.bide.workflow.figures.Counted;
import dev.bide.workflow.figures.TaskChange;
import dev.bide.workflow.figures.WaiterStore;
import dev.bide.workflow.store.OperationStatus;
import java.time.DayOfWeek;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.LocalDate;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import org.assertj.core.data.Percentage;
import org.jdbi.v3.core.Jdbi;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What a preview says, against what the change then does. */
class VersionPreviewIT {
    private static final Instant NOW = Times.now(InstantSource.system());
    private static final List<ZoneId> ZONES =
            List.of(ZoneId.of("Europe/Berlin"), ZoneId.of("Asia/Kathmandu"), ZoneId.of("America/St_Johns"));

    @RegisterExtension
    static EngineExtension node = EngineExtension.of(postgres ->
            EngineNode.on(postgres.dataSource()).clock(InstantSource.fixed(NOW)).start());

    private final Jdbi jdbi = Jdbi.create(node.postgres().dataSource());
    private final Random random = Seed.random();

    @Test
    void a_preview_says_of_each_timer_what_the_change_then_does() {
        for (int round = 0; round < 8; round++) {
            Workflow before = waitedFor(3 + random.nextInt(6));
            WorkflowDraft draft = changed(before);
            List<Row> untouched = rows(before);

            List<TaskChange> preview = node.engine.workflows().preview(before.id(), draft, before.version());

            assertThat(node.engine.workflows().get(before.id()))
                    .as("nothing is changed")
                    .isEqualTo(before);
            assertThat(rows(before)).isEqualTo(untouched);
            Workflows.Applied applied = node.engine.workflows().replaceForActive(before.id(), draft, before.version());
            assertThat(node.engine.operations().get(applied.operationId()).status())
                    .isEqualTo(OperationStatus.COMPLETED);
            List<TaskChange> done = done(before, applied.workflow(), untouched);
            assertThat(preview)
                    .as("%s, %s", draft, Seed.hint())
                    .usingRecursiveFieldByFieldElementComparator()
                    .isEqualTo(done);
        }
    }

    /** A workflow at each of whose tasks two runs wait: since some while, retrying, or paused. */
    private Workflow waitedFor(int tasks) {
        List<TaskDraft> drafts = new ArrayList<>();
        for (int i = 0; i < tasks; i++) {
            drafts.add(task("t" + i, days(1 + random.nextInt(20)), action("http://127.0.0.1:9/" + i)));
        }
        Workflow workflow = node.engine.workflows().create(new WorkflowDraft("w", null, zone(), drafts));
        for (int i = 0; i < tasks; i++) {
            List<TaskDraft> rotated = drafts(workflow);
            Collections.rotate(rotated, 1);
            workflow =
                    node.engine.workflows().replace(workflow.id(), new WorkflowDraft("w", null, zone(), rotated), null);
            start(workflow);
            start(workflow);
        }
        UUID id = workflow.id();
        jdbi.useHandle(handle -> handle.createQuery("SELECT id FROM timer WHERE workflow_id = ?")
                .bind(0, id)
                .mapTo(UUID.class)
                .list()
                .forEach(timer -> handle.execute(
                        "UPDATE timer SET created_at = created_at - ?::interval, attempts_spent = ?, status = ? WHERE id = ?",
                        random.nextInt(30 * 24 * 60) + " minutes",
                        random.nextInt(4) == 0 ? 1 : 0,
                        random.nextInt(4) == 0 ? "paused" : "scheduled",
                        timer)));
        jdbi.useHandle(handle -> handle.execute(
                "UPDATE timer SET status = 'retrying' WHERE status = 'scheduled' AND attempts_spent > 0"));
        return workflow;
    }

    private void start(Workflow workflow) {
        RunDraft draft = new RunDraft(null, random.nextBoolean() ? null : zone(), JsonText.EMPTY_OBJECT);
        node.engine.runs().start(workflow.id(), draft).join();
    }

    private WorkflowDraft changed(Workflow before) {
        List<TaskDraft> drafts = drafts(before);
        drafts.replaceAll(draft -> switch (random.nextInt(6)) {
            case 0, 1, 2 -> draft;
            case 3 ->
                new TaskDraft(
                        draft.id(), draft.name() + "!", draft.delay(), draft.action(), draft.retry(), draft.timeout());
            default ->
                new TaskDraft(draft.id(), draft.name(), anyDelay(), draft.action(), draft.retry(), draft.timeout());
        });
        if (random.nextBoolean()) {
            Collections.swap(drafts, random.nextInt(drafts.size()), random.nextInt(drafts.size()));
        }
        drafts.remove(random.nextInt(drafts.size()));
        drafts.add(random.nextInt(drafts.size() + 1), task("new", seconds(5), action("http://127.0.0.1:9/new")));
        return new WorkflowDraft("w", null, zone(), drafts);
    }

    private static List<TaskDraft> drafts(Workflow workflow) {
        List<TaskDraft> drafts = new ArrayList<>();
        workflow.tasks()
                .forEach(task -> drafts.add(new TaskDraft(
                        task.id(), task.name(), task.delay(), task.action(), task.retry(), task.timeout())));
        return drafts;
    }

    private Delay anyDelay() {
        LocalTime at = random.nextBoolean() ? null : LocalTime.of(random.nextInt(24), random.nextInt(60));
        LocalDate day = LocalDate.ofInstant(NOW, ZoneOffset.UTC).plusDays(random.nextInt(-20, 20));
        IfPast ifPast = IfPast.values()[random.nextInt(3)];
        return switch (random.nextInt(3)) {
            case 0 -> new PeriodDelay(1 + random.nextInt(40), PeriodUnit.DAYS, at, null);
            case 1 -> new WeekdaysDelay(Set.of(DayOfWeek.of(1 + random.nextInt(7))), at, null);
            default -> new DateDelay(day, at, ifPast, null);
        };
    }

    private static Delay days(int days) {
        return new PeriodDelay(days, PeriodUnit.DAYS, null, null);
    }

    private @Nullable ZoneId zone() {
        return random.nextInt(4) == 0 ? null : ZONES.get(random.nextInt(ZONES.size()));
    }

    /** A timer, as the change finds or leaves it. */
    private record Row(UUID id, UUID task, String status, int spent, Instant due) {}

    private List<Row> rows(Workflow workflow) {
        return jdbi.withHandle(handle -> handle.createQuery("SELECT * FROM timer WHERE workflow_id = ? ORDER BY id")
                .bind(0, workflow.id())
                .map((row, context) -> new Row(
                        row.getObject("id", UUID.class),
                        row.getObject("task_id", UUID.class),
                        row.getString("status"),
                        row.getInt("attempts_spent"),
                        row.getTimestamp("due_at").toInstant()))
                .list());
    }

    /** The same as the preview, told from the timers afterwards and the two versions. */
    private List<TaskChange> done(Workflow before, Workflow after, List<Row> untouched) {
        List<Row> rows = rows(before);
        assertThat(rows)
                .extracting(Row::id)
                .isEqualTo(untouched.stream().map(Row::id).toList());
        List<TaskChange> changes = new ArrayList<>();
        Set<UUID> moved = Moves.of(before.taskIds(), after.taskIds());
        for (Task task : after.tasks()) {
            Task old = before.task(task.id()).orElse(null);
            TaskChange.Kind kind = old == null
                    ? TaskChange.Kind.ADDED
                    : !old.equals(task)
                            ? TaskChange.Kind.CHANGED
                            : moved.contains(task.id()) ? TaskChange.Kind.MOVED : TaskChange.Kind.SAME;
            changes.add(change(task, kind, rows));
        }
        before.tasks().stream()
                .filter(task -> after.task(task.id()).isEmpty())
                .forEach(task -> changes.add(change(task, TaskChange.Kind.REMOVED, rows)));
        return changes;
    }

    private static TaskChange change(Task task, TaskChange.Kind kind, List<Row> rows) {
        List<Row> here =
                rows.stream().filter(row -> row.task().equals(task.id())).toList();
        long atOnce = kind == TaskChange.Kind.REMOVED
                ? 0
                : here.stream()
                        .filter(row ->
                                row.status().equals("scheduled") && !row.due().isAfter(NOW))
                        .count();
        return new TaskChange(
                kind == TaskChange.Kind.ADDED ? null : task.id(),
                task.name(),
                kind,
                new Counted(here.size(), true),
                new Counted(atOnce, true),
                here.stream().map(Row::due).min(Instant::compareTo).orElse(null),
                here.stream().map(Row::due).max(Instant::compareTo).orElse(null));
    }

    @Test
    void of_many_a_sample_is_counted_anew_and_says_so() {
        Workflow workflow = node.engine
                .workflows()
                .create(EngineNode.draft(
                        task("many", days(100), action("http://127.0.0.1:9/")),
                        task("few", days(100), action("http://127.0.0.1:9/"))));
        many(workflow, workflow.tasks().get(0), 40_000);
        Workflow rotated = node.engine
                .workflows()
                .replace(
                        workflow.id(),
                        EngineNode.draft(
                                drafts(workflow).get(1), drafts(workflow).get(0)),
                        null);
        many(rotated, rotated.tasks().get(0), 100);

        // They began up to 100 days ago, as many on each: with 75 days in place of 100 a quarter of them are due.
        List<TaskChange> preview = node.engine
                .workflows()
                .preview(
                        workflow.id(),
                        EngineNode.draft(
                                new TaskDraft(
                                        workflow.tasks().get(0).id(),
                                        "many",
                                        days(75),
                                        action("http://127.0.0.1:9/"),
                                        quickly(),
                                        Duration.ofSeconds(10)),
                                new TaskDraft(
                                        workflow.tasks().get(1).id(),
                                        "few",
                                        days(75),
                                        action("http://127.0.0.1:9/"),
                                        quickly(),
                                        Duration.ofSeconds(10))),
                        null);

        TaskChange many = preview.get(0);
        assertThat(many.waiting()).isEqualTo(new Counted(40_000, true));
        assertThat(many.dueAtOnce().exact()).isFalse();
        assertThat(many.dueAtOnce().count()).isCloseTo(10_000L, Percentage.withPercentage(2));
        assertThat(many.earliestDueAt()).isEqualTo(NOW);
        assertThat(many.latestDueAt()).isBetween(NOW.plus(Duration.ofDays(74)), NOW.plus(Duration.ofDays(75)));
        TaskChange few = preview.get(1);
        assertThat(few.waiting()).isEqualTo(new Counted(100, true));
        assertThat(few.dueAtOnce()).isEqualTo(new Counted(25, true));
    }

    /** So many timers of one run, which began up to 100 days ago. */
    private void many(Workflow workflow, Task task, int count) {
        UUID run = node.start(workflow, null).run().id();
        jdbi.useHandle(handle -> handle.execute("""
                INSERT INTO timer
                SELECT (jsonb_populate_record(t, jsonb_build_object(
                           'id', gen_random_uuid(),
                           'created_at', t.created_at - g * interval '100 days' / ?,
                           'due_at', t.due_at - g * interval '100 days' / ?))).*
                FROM timer AS t, generate_series(1, ? - 1) AS g
                WHERE t.run_id = ? AND t.task_id = ?""", count, count, count, run, task.id()));
    }

    @Test
    void counting_stops_where_it_is_told_to() {
        Workflow workflow =
                node.engine.workflows().create(EngineNode.draft(task("t", days(100), action("http://127.0.0.1:9/"))));
        UUID task = workflow.tasks().get(0).id();
        many(workflow, workflow.tasks().get(0), 50);

        assertThat(node.database.<List<WaiterStore.Queue>>inTransaction(
                        session -> session.waiters().count(List.of(task, UUID.randomUUID()), 20)))
                .singleElement()
                .satisfies(queue -> assertThat(queue.count()).isEqualTo(21));
        assertThat(node.database.<List<WaiterStore.Waiter>>inTransaction(
                        session -> session.waiters().read(Map.of(task, 3), 20)))
                .hasSize(6);
    }

    @Test
    void a_preview_is_refused_as_the_change_would_be() {
        Workflow workflow =
                node.engine.workflows().create(EngineNode.draft(task("t", days(1), action("http://127.0.0.1:9/"))));
        WorkflowDraft draft = EngineNode.draft(drafts(workflow).get(0));
        assertThatThrownBy(() -> node.engine.workflows().preview(UUID.randomUUID(), draft, null))
                .isInstanceOf(RefusedException.class);
        assertThatThrownBy(() -> node.engine.workflows().preview(workflow.id(), draft, 2))
                .hasMessageContaining("not 2");
        assertThatThrownBy(() -> node.engine
                        .workflows()
                        .preview(workflow.id(), EngineNode.draft(task("t", days(1), action("http://10.1.2.3/"))), null))
                .hasMessageContaining("tasks[0].action.url");
        node.engine.workflows().archive(workflow.id(), null);
        assertThatThrownBy(() -> node.engine.workflows().preview(workflow.id(), draft, null))
                .hasMessageContaining("archived");
    }
}
