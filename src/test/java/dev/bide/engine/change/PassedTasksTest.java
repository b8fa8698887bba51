package dev.bide.engine.change;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bide.delay.Delay;
import dev.bide.engine.EngineNode;
import dev.bide.testing.Delays;
import dev.bide.testing.Seed;
import dev.bide.workflow.Run;
import dev.bide.workflow.RunStatus;
import dev.bide.workflow.Steps;
import dev.bide.workflow.Task;
import dev.bide.workflow.Workflow;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class PassedTasksTest {
    private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");
    private static final UUID WORKFLOW = UUID.randomUUID();

    private final Task a = task("a", false);
    private final Task b = task("b", false);
    private final Task c = task("c", false);
    private final Task d = task("d", false);

    @Test
    void a_task_that_was_left_does_not_come_again_where_it_now_comes_later() {
        Run run = moved(at(b), version(1, a, b, c), version(2, b, a, c));
        assertThat(run.workflowVersion()).isEqualTo(2);
        assertThat(run.passed()).containsExactly(a.id(), b.id());
        assertThat(next(run, version(2, b, a, c))).isEqualTo(c.id());
    }

    @Test
    void nothing_is_written_down_where_the_new_order_tells_the_same() {
        Workflow before = version(1, a, b, c, d);
        assertThat(moved(at(c), before, version(2, a, b, c, d)).passed()).isEmpty();
        assertThat(moved(at(c), before, version(2, b, a, c)).passed()).isEmpty();
        assertThat(moved(at(c), before, version(2, a, c, d)).passed()).isEmpty();
        assertThat(moved(at(c), before, version(2, a, b, c, task("new", false))).passed())
                .isEmpty();
    }

    @Test
    void what_was_put_before_its_task_is_not_what_it_has_passed() {
        Workflow second = version(2, d, a, b, c);
        Run run = moved(at(b), version(1, a, b, c, d), second);
        assertThat(next(run, second)).isEqualTo(c.id());
        Workflow third = version(3, a, b, d, c);
        Run back = moved(run, second, third);
        assertThat(next(back, third)).as("it was never at d").isEqualTo(d.id());
        assertThat(back.passed()).as("told by the order again").isEmpty();
    }

    @Test
    void is_at_no_task_twice_and_leaves_none_out_whatever_versions_come() {
        Random random = Seed.random();
        for (int way = 0; way < 500; way++) {
            aWay(random);
        }
    }

    /** Beside a plain account of all that it has been at. */
    private void aWay(Random random) {
        List<Task> tasks = new ArrayList<>(List.of(a, b, c, d));
        Workflow version = version(1, tasks);
        Run run = Steps.next(at(null), version, NOW).run();
        Set<UUID> been = new HashSet<>(upTo(run.taskId(), version));
        while (!run.status().finished()) {
            if (random.nextBoolean()) {
                Workflow before = version;
                change(tasks, run.taskId(), random);
                version = version(before.version() + 1, tasks);
                run = moved(run, before, version);
                continue;
            }
            List<UUID> after =
                    version.taskIds().subList(upTo(run.taskId(), version).size(), tasks.size());
            run = Steps.next(run, version, NOW).run();
            Optional<Task> expected = tasks.stream()
                    .filter(task -> after.contains(task.id()) && !been.contains(task.id()))
                    .filter(task -> !isSkipped(task))
                    .findFirst();
            assertThat(run.status().finished()).as(Seed.hint()).isEqualTo(expected.isEmpty());
            if (expected.isPresent()) {
                assertThat(run.taskId())
                        .as(Seed.hint())
                        .isEqualTo(expected.get().id());
                been.addAll(after.subList(0, after.indexOf(run.taskId()) + 1));
            }
        }
    }

    /** Others in another order, some without one or with a new one; the one that the run is in stays. */
    private static void change(List<Task> tasks, UUID at, Random random) {
        Collections.shuffle(tasks, random);
        if (random.nextInt(4) == 0) {
            Task one = tasks.get(random.nextInt(tasks.size()));
            tasks.removeIf(task -> task.equals(one) && !task.id().equals(at));
        }
        if (tasks.size() < 8 && random.nextInt(4) == 0) {
            tasks.add(random.nextInt(tasks.size() + 1), task("new", random.nextBoolean()));
        }
    }

    private static boolean isSkipped(Task task) {
        return task.name().startsWith("skipped");
    }

    private static List<UUID> upTo(UUID task, Workflow version) {
        return version.taskIds().subList(0, version.taskIds().indexOf(task) + 1);
    }

    private static UUID next(Run run, Workflow version) {
        return Steps.next(run, version, NOW).run().taskId();
    }

    private static Run moved(Run run, Workflow before, Workflow next) {
        return PassedTasks.moved(run, before.taskIds(), next);
    }

    private static Run at(Task task) {
        UUID id = task == null ? null : task.id();
        return new Run(
                UUID.randomUUID(),
                WORKFLOW,
                1,
                null,
                null,
                RunStatus.ACTIVE,
                id,
                null,
                List.of(),
                null,
                NOW,
                NOW,
                null);
    }

    private static Workflow version(int number, Task... tasks) {
        return version(number, List.of(tasks));
    }

    private static Workflow version(int number, List<Task> tasks) {
        return new Workflow(WORKFLOW, number, "w", null, null, tasks, NOW, NOW, null);
    }

    private static Task task(String name, boolean skipped) {
        Delay delay = skipped
                ? Delays.of(Map.of("type", "date", "date", "2001-01-01", "ifPast", "skip"))
                : EngineNode.seconds(1);
        return new Task(
                UUID.randomUUID(),
                skipped ? "skipped " + name : name,
                delay,
                EngineNode.action("http://third.party/"),
                EngineNode.quickly(),
                Duration.ofSeconds(1));
    }
}
