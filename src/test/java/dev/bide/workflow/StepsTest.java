package dev.bide.workflow;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bide.delay.DateDelay;
import dev.bide.delay.Delay;
import dev.bide.delay.DueTime;
import dev.bide.delay.IfPast;
import dev.bide.testing.RandomWaits;
import dev.bide.testing.RandomWaits.RandomWait;
import dev.bide.testing.Seed;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** The way of a run, walked at once and step by step. */
class StepsTest {
    private static final Instant LATEST = Instant.parse("2080-01-01T00:00:00Z");

    private final Random random = Seed.random();

    @Test
    void a_run_walked_on_paper_comes_to_the_tasks_and_times_that_it_comes_to_step_by_step() {
        List<Delay> delays = new ArrayList<>();
        List<RandomWait> waits = new ArrayList<>();
        new RandomWaits(random).forEachZone(2, waits::add);
        for (RandomWait wait : waits) {
            delays.add(wait.delay());
            if (delays.size() < 8) {
                continue;
            }
            delays.add(random.nextInt(9), skipped());
            if (random.nextInt(4) == 0) {
                delays.add(random.nextInt(10), rejected());
            }
            Workflow workflow = workflow(delays, wait.zone());
            Run run = run(workflow, random.nextBoolean() ? null : ZoneId.of("Asia/Kathmandu"), wait.from());

            assertThat(walked(run, workflow, wait.from()))
                    .as("%s from %s, %s", workflow, wait.from(), Seed.hint())
                    .isEqualTo(stepped(run, workflow, wait.from()));
            delays.clear();
        }
    }

    @Test
    void what_a_run_has_passed_is_not_on_its_way() {
        Workflow workflow = workflow(List.of(skipped(), skipped(), skipped()), ZoneId.of("UTC"));
        List<UUID> ids = workflow.taskIds();
        Run run = run(workflow, null, Instant.EPOCH).goingBy(1, List.of(ids.get(1)));

        assertThat(Steps.walk(run, workflow, LATEST))
                .extracting(stop -> stop.task().id())
                .containsExactly(ids.get(0), ids.get(2));
    }

    /** Task, beginning and end of each wait, and how the run ends. */
    private static List<String> walked(Run run, Workflow workflow, Instant from) {
        List<String> way = new ArrayList<>();
        String end = "completed";
        for (Steps.Stop stop : Steps.walk(run, workflow, from)) {
            if (stop.due() instanceof DueTime.Due due) {
                way.add(stop.task().id() + " " + stop.from() + " " + due.at());
            } else if (stop.due() instanceof DueTime.Rejected) {
                end = "failed at " + workflow.tasks().indexOf(stop.task());
            }
        }
        way.add(end);
        return way;
    }

    private static List<String> stepped(Run run, Workflow workflow, Instant from) {
        List<String> way = new ArrayList<>();
        Instant now = from;
        Steps.Step step = Steps.next(run, workflow, now);
        while (step.timer() != null) {
            way.add(step.run().taskId() + " " + now + " " + step.timer().dueAt());
            now = step.timer().dueAt();
            step = Steps.next(step.run(), workflow, now);
        }
        way.add(
                step.rejected() == null
                        ? "completed"
                        : "failed at " + step.rejected().task());
        return way;
    }

    private static Delay skipped() {
        return new DateDelay(LocalDate.of(1980, 1, 1), null, IfPast.SKIP, null);
    }

    private static Delay rejected() {
        return new DateDelay(LocalDate.of(1980, 1, 1), null, IfPast.REJECT, null);
    }

    private static Workflow workflow(List<Delay> delays, ZoneId zone) {
        List<Task> tasks = delays.stream()
                .map(delay -> new Task(
                        Ids.next(),
                        "t",
                        delay,
                        Action.of(null, "http://127.0.0.1/", null, null),
                        RetryPolicy.DEFAULT,
                        Duration.ofSeconds(1)))
                .toList();
        return new Workflow(Ids.next(), 1, "w", null, zone, tasks, Instant.EPOCH, Instant.EPOCH, null);
    }

    private static Run run(Workflow workflow, @Nullable ZoneId zone, Instant now) {
        return new Run(
                Ids.next(),
                workflow.id(),
                1,
                null,
                zone,
                RunStatus.ACTIVE,
                null,
                null,
                List.of(),
                null,
                now,
                now,
                null);
    }
}
