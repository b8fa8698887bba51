package dev.bide.engine;

import static dev.bide.engine.EngineNode.action;
import static dev.bide.engine.EngineNode.draft;
import static dev.bide.engine.EngineNode.seconds;
import static dev.bide.engine.EngineNode.task;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.bide.delay.Delay;
import dev.bide.json.FieldError;
import dev.bide.testing.Delays;
import dev.bide.testing.PostgresExtension;
import dev.bide.testing.StubThirdParty;
import dev.bide.workflow.Action;
import dev.bide.workflow.JsonText;
import dev.bide.workflow.RefusedException;
import dev.bide.workflow.RunDraft;
import dev.bide.workflow.RunStatus;
import dev.bide.workflow.TaskDraft;
import dev.bide.workflow.Timer;
import dev.bide.workflow.TimerStatus;
import dev.bide.workflow.Workflow;
import dev.bide.workflow.WorkflowDraft;
import dev.bide.workflow.store.OperationKind;
import dev.bide.workflow.store.TimerFilter;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RunsIT {
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    @RegisterExtension
    static EngineExtension node = EngineExtension.worker();

    private static final PostgresExtension POSTGRES = node.postgres();

    @RegisterExtension
    final StubThirdParty thirdParty = new StubThirdParty();

    @Test
    void calls_for_each_task_in_order_with_bodies_filled_from_the_run() throws Exception {
        LocalDate today = LocalDate.now(ZoneOffset.UTC);
        Delay weekdays = Delays.of(Map.of(
                "type",
                "weekdays",
                "days",
                List.of("MONDAY", "TUESDAY", "WEDNESDAY", "THURSDAY", "FRIDAY", "SATURDAY", "SUNDAY")));
        Delay date = Delays.of(Map.of("type", "date", "date", today.toString()));
        JsonText body =
                JsonText.parse("{\"to\": \"{{input.email}}\", \"run\": \"{{run.id}}\", \"key\": \"{{run.key}}\","
                        + " \"task\": \"{{task.name}}\", \"timer\": \"{{timer.id}}\"}");
        Workflow workflow = node.workflow(
                task("wait a second", seconds(1), post("/one", body)),
                task("on a weekday", weekdays, post("/two", body)),
                task("on a date", date, post("/three", body)));
        RunDraft draft = new RunDraft("customer 7", null, JsonText.parse("{\"email\": \"a\\\"b@c.example\"}"));
        Accepted<RunView> started =
                node.engine.runs().start(workflow.id(), draft).join();
        assertThat(started.created()).isTrue();
        assertThat(started.value().timer()).isNotNull();
        RunView done = awaitStatus(started.value().run().id(), RunStatus.COMPLETED);
        assertThat(done.history()).extracting(Timer::status).containsOnly(TimerStatus.DELIVERED);
        List<String> paths = List.of("/one", "/two", "/three");
        for (int i = 0; i < 3; i++) {
            Timer timer = done.history().get(i);
            assertThat(thirdParty.calls(timer.id())).hasSize(1);
            StubThirdParty.Call call = thirdParty.calls(timer.id()).get(0);
            assertThat(call.path()).isEqualTo(paths.get(i));
            JsonNode sent = new ObjectMapper().readTree(call.body());
            assertThat(sent.get("to").asText()).isEqualTo("a\"b@c.example");
            assertThat(sent.get("run").asText()).isEqualTo(done.run().id().toString());
            assertThat(sent.get("key").asText()).isEqualTo("customer 7");
            assertThat(sent.get("task").asText())
                    .isEqualTo(workflow.tasks().get(i).name());
            assertThat(sent.get("timer").asText()).isEqualTo(timer.id().toString());
        }
        Accepted<RunView> again = node.engine.runs().start(workflow.id(), draft).join();
        assertThat(again.created()).isFalse();
        assertThat(again.value()).isEqualTo(done);
    }

    @Test
    void fails_with_its_timer_and_goes_on_when_that_is_redriven() {
        thirdParty.answer((path, attempt) -> path.equals("/fails") && attempt < 5 ? 500 : 200);
        Workflow workflow = node.workflow(
                task("fails", seconds(0), action(thirdParty.url("/fails"))),
                task("next", seconds(0), action(thirdParty.url("/next"))));
        UUID id = start(workflow, null);
        RunView failed = awaitStatus(id, RunStatus.FAILED);
        assertThat(failed.timer().attempts()).hasSize(4);
        node.engine.timers().redrive(failed.timer().id());
        RunView completed = awaitStatus(id, RunStatus.COMPLETED);
        assertThat(completed.history()).hasSize(2);
        assertThat(completed.history().get(0).attempts()).hasSize(5);
    }

    @Test
    void goes_on_by_the_newest_version_from_the_task_whose_call_failed() {
        thirdParty.answer((path, attempt) -> path.equals("/wrong") ? 404 : 200);
        TaskDraft first = task("first", seconds(0), action(thirdParty.url("/first")));
        Workflow workflow = node.workflow(first, task("second", seconds(0), action(thirdParty.url("/wrong"))));
        UUID id = start(workflow, "redriven");
        RunView failed = awaitStatus(id, RunStatus.FAILED);
        replace(workflow, first, task("second", seconds(3600), action(thirdParty.url("/right"))));
        node.engine.runs().redrive(id, false);
        await().atMost(PATIENCE)
                .until(() -> thirdParty.calls(failed.timer().id()).size() == 2);
        awaitStatus(id, RunStatus.FAILED);
        assertThat(node.engine.runs().redrive(id, true).run().workflowVersion()).isEqualTo(2);
        RunView done = awaitStatus(id, RunStatus.COMPLETED);
        assertThat(done.history()).hasSize(2);
        assertThat(thirdParty.calls(done.history().get(0).id())).hasSize(1);
        assertThat(thirdParty.calls(failed.timer().id()))
                .extracting(StubThirdParty.Call::path)
                .containsExactly("/wrong", "/wrong", "/right");
        assertThatThrownBy(() -> node.engine.runs().redrive(id, true)).hasMessageContaining("is completed");
        assertThat(start(workflow, "redriven")).as("its key is its own still").isEqualTo(id);
    }

    /** Its call was under way by the older version when it was moved, and then failed. Whatever is redriven: the run, its timer, or all that are dead. */
    @ParameterizedTest
    @ValueSource(strings = {"run", "timer", "all"})
    void goes_on_by_the_version_that_it_was_moved_to_while_its_call_was_under_way(String redriven) {
        thirdParty.answer((path, attempt) -> path.equals("/wrong") ? 404 : 200);
        thirdParty.delay(Duration.ofSeconds(3));
        Workflow workflow = node.workflow(task("only", seconds(0), action(thirdParty.url("/wrong"))));
        UUID id = start(workflow, null);
        await().atMost(PATIENCE).until(() -> thirdParty.calls().size() == 1);
        WorkflowDraft right =
                new WorkflowDraft("w", null, null, List.of(task("only", seconds(0), action(thirdParty.url("/right")))));
        node.engine.workflows().replaceForActive(workflow.id(), right, 1);
        RunView failed = awaitStatus(id, RunStatus.FAILED);
        assertThat(failed.run().workflowVersion()).isEqualTo(2);
        assertThat(failed.timer().owner().workflowVersion()).isEqualTo(1);
        switch (redriven) {
            case "run" -> node.engine.runs().redrive(id, false);
            case "timer" -> node.engine.timers().redrive(failed.timer().id());
            default -> {
                TimerFilter dead = new TimerFilter(workflow.id(), null, null, null, null, null);
                node.begin(OperationKind.REDRIVE, dead, null, null);
                node.engine.operationRunner().run();
            }
        }
        awaitStatus(id, RunStatus.COMPLETED);
        assertThat(node.engine.timers().get(failed.timer().id()).owner().workflowVersion())
                .isEqualTo(2);
        assertThat(thirdParty.calls(failed.timer().id()))
                .extracting(StubThirdParty.Call::path)
                .containsExactly("/wrong", "/right");
    }

    @Test
    void goes_on_from_a_delay_that_could_not_be_used() {
        TaskDraft first = task("first", seconds(0), action(thirdParty.url("/first")));
        Workflow workflow = node.workflow(first, task("second", passed("reject"), action(thirdParty.url("/second"))));
        UUID id = start(workflow, null);
        RunView failed = awaitStatus(id, RunStatus.FAILED);
        assertThat(failed.run().error()).contains("second");
        assertThatThrownBy(() -> node.engine.runs().redrive(id, false)).hasMessageContaining("can't go on");
        assertThat(node.engine.runs().get(id)).isEqualTo(failed);
        replace(workflow, first, task("second", seconds(0), action(thirdParty.url("/second"))));
        node.engine.runs().redrive(id, true);
        RunView done = awaitStatus(id, RunStatus.COMPLETED);
        assertThat(done.run().error()).isNull();
        assertThat(done.history()).hasSize(2);
        assertThat(thirdParty.calls(done.history().get(0).id())).hasSize(1);
        assertThat(thirdParty.calls(done.history().get(1).id())).hasSize(1);
    }

    private static void replace(Workflow workflow, TaskDraft... tasks) {
        node.engine.workflows().replace(workflow.id(), new WorkflowDraft("w", null, null, List.of(tasks)), null);
    }

    @Test
    void is_redriven_once_by_two_at_the_same_time() throws Exception {
        thirdParty.answer((path, attempt) -> 404);
        UUID id = start(node.workflow(task("t", seconds(0), action(thirdParty.url("/t")))), null);
        int attempts = 1;
        for (int round = 0; round < 5; round++) {
            awaitStatus(id, RunStatus.FAILED);
            List<CompletableFuture<Boolean>> both = Stream.of(false, true)
                    .map(latest -> CompletableFuture.supplyAsync(() -> redriven(id, latest)))
                    .toList();
            int done = 0;
            for (CompletableFuture<Boolean> one : both) {
                done += one.get(30, TimeUnit.SECONDS) ? 1 : 0;
            }
            assertThat(done).isPositive();
            // Two where the first had failed again before the second came: each is one more attempt.
            attempts += done;
            int expected = attempts;
            await().atMost(PATIENCE)
                    .until(() -> node.engine.runs().get(id).timer().attempts().size() == expected);
        }
    }

    private static boolean redriven(UUID id, boolean latest) {
        try {
            node.engine.runs().redrive(id, latest);
            return true;
        } catch (RefusedException e) {
            return false;
        }
    }

    @Test
    void leaves_a_timer_paused_that_was_paused_before_its_run() {
        UUID id = start(node.workflow(task("later", seconds(3600), action(thirdParty.url("/later")))), null);
        UUID timer = node.engine.runs().get(id).timer().id();
        node.engine.timers().pause(timer);
        node.engine.runs().pause(id);
        assertThat(node.engine.runs().resume(id).timer().status()).isEqualTo(TimerStatus.PAUSED);
        assertThat(node.engine.timers().resume(timer).status()).isEqualTo(TimerStatus.SCHEDULED);
        node.engine.runs().pause(id);
        assertThat(node.engine.runs().resume(id).timer().status()).isEqualTo(TimerStatus.SCHEDULED);
    }

    @Test
    void goes_past_a_task_whose_date_has_passed_and_says_skip() {
        Delay skipped = Delays.of(Map.of("type", "date", "date", "2001-01-01", "ifPast", "skip"));
        Workflow workflow = node.workflow(
                task("skipped", skipped, action(thirdParty.url("/skipped"))),
                task("called", seconds(0), action(thirdParty.url("/called"))),
                task("skipped too", skipped, action(thirdParty.url("/skipped"))));
        RunView completed = awaitStatus(start(workflow, null), RunStatus.COMPLETED);
        assertThat(completed.history()).hasSize(1);
        Workflow onlySkipped = node.workflow(task("skipped", skipped, action(thirdParty.url("/skipped"))));
        RunView over = node.engine
                .runs()
                .start(onlySkipped.id(), new RunDraft("k", null, JsonText.EMPTY_OBJECT))
                .join()
                .value();
        assertThat(over.run().status()).isEqualTo(RunStatus.COMPLETED);
        assertThat(over.timer()).isNull();
    }

    @Test
    void is_refused_where_a_date_has_passed_and_says_reject_and_fails_where_that_comes_later() {
        Delay rejected = Delays.of(Map.of("type", "date", "date", "2001-01-01", "ifPast", "reject"));
        Workflow first = node.workflow(task("rejected", rejected, action(thirdParty.url("/rejected"))));
        assertThatThrownBy(() -> start(first, null))
                .cause()
                .isInstanceOfSatisfying(
                        RefusedException.class, e -> assertThat(e.refusal().errors())
                                .extracting(FieldError::field)
                                .containsExactly("tasks[0].delay.date"));
        Workflow later = node.workflow(
                task("called", seconds(0), action(thirdParty.url("/called"))),
                task("rejected", rejected, action(thirdParty.url("/rejected"))));
        assertThat(awaitStatus(start(later, null), RunStatus.FAILED).run().error())
                .contains("rejected", "delay.date");
    }

    @Test
    void holds_its_timer_while_it_is_paused_and_also_the_one_that_follows_a_call_under_way() {
        thirdParty.delay(Duration.ofSeconds(1));
        Workflow workflow = node.workflow(
                task("slow", seconds(0), action(thirdParty.url("/slow"))),
                task("next", seconds(0), action(thirdParty.url("/next"))));
        UUID id = start(workflow, null);
        UUID slow = node.engine.runs().get(id).timer().id();
        await().atMost(PATIENCE).until(() -> !thirdParty.calls(slow).isEmpty());
        assertThat(node.engine.runs().pause(id).run().status()).isEqualTo(RunStatus.PAUSED);
        await().atMost(PATIENCE)
                .until(() -> node.engine.runs().get(id).history().size() == 2);
        RunView paused = node.engine.runs().get(id);
        assertThat(paused.timer().status()).isEqualTo(TimerStatus.PAUSED);
        assertThatThrownBy(() -> node.engine.timers().resume(paused.timer().id()))
                .hasMessageContaining("is paused");
        assertThatThrownBy(() -> node.engine.runs().pause(id)).isInstanceOf(RefusedException.class);
        node.engine.runs().resume(id);
        awaitStatus(id, RunStatus.COMPLETED);
    }

    @Test
    void makes_no_further_call_once_it_is_cancelled_also_during_a_call() {
        thirdParty.delay(Duration.ofSeconds(1));
        thirdParty.answer((path, attempt) -> 500);
        Workflow workflow = node.workflow(
                task("slow", seconds(0), action(thirdParty.url("/slow"))),
                task("next", seconds(0), action(thirdParty.url("/next"))));
        UUID id = start(workflow, null);
        UUID slow = node.engine.runs().get(id).timer().id();
        await().atMost(PATIENCE).until(() -> !thirdParty.calls(slow).isEmpty());
        assertThat(node.engine.runs().cancel(id).run().status()).isEqualTo(RunStatus.CANCELLED);
        await().atMost(PATIENCE).until(() -> node.engine.timers().get(slow).status() == TimerStatus.CANCELLED);
        assertThat(node.engine.timers().get(slow).attempts()).hasSize(1);
        assertThat(node.engine.runs().get(id).history()).hasSize(1);
        UUID waiting = start(node.workflow(task("later", seconds(3600), action(thirdParty.url("/later")))), null);
        assertThat(node.engine.runs().cancel(waiting).timer().status()).isEqualTo(TimerStatus.CANCELLED);
        assertThatThrownBy(() -> node.engine.runs().cancel(waiting)).isInstanceOf(RefusedException.class);
    }

    @Test
    void is_answered_as_it_is_stored_when_it_starts() throws Exception {
        Workflow workflow = node.workflow(
                task("skipped", passed("skip"), action(thirdParty.url("/skipped"))),
                task("later", seconds(3600), action(thirdParty.url("/later"))));
        JsonText input = JsonText.parse("{\"a\": 1.50, \"b\": [null, \"ğ\"]}");
        RunView started = node.engine
                .runs()
                .start(workflow.id(), new RunDraft("k-answer", ZoneOffset.ofHours(3), input))
                .join()
                .value();
        assertThat(started.task().name()).isEqualTo("later");
        assertThat(started).isEqualTo(node.engine.runs().get(started.run().id()));
        Workflow over = node.workflow(task("skipped", passed("skip"), action(thirdParty.url("/skipped"))));
        RunView nothing = node.engine
                .runs()
                .start(over.id(), new RunDraft(null, null, input))
                .join()
                .value();
        assertThat(nothing.run().status()).isEqualTo(RunStatus.COMPLETED);
        assertThat(nothing).isEqualTo(node.engine.runs().get(nothing.run().id()));
    }

    private static Delay passed(String ifPast) {
        return Delays.of(Map.of("type", "date", "date", "2001-01-01", "ifPast", ifPast));
    }

    @Test
    void is_cancelled_with_its_timer() {
        UUID id = start(node.workflow(task("later", seconds(3600), action(thirdParty.url("/later")))), null);
        node.engine.timers().cancel(node.engine.runs().get(id).timer().id());
        assertThat(node.engine.runs().get(id).run().status()).isEqualTo(RunStatus.CANCELLED);
    }

    @Test
    void keeps_its_version_of_the_workflow_unless_the_new_one_is_applied_to_active_runs() {
        Workflow workflow = node.workflow(task("wait", seconds(3600), action(thirdParty.url("/old"))));
        UUID kept = start(workflow, "kept");
        WorkflowDraft sooner =
                new WorkflowDraft("w", null, null, List.of(task("wait", seconds(1), action(thirdParty.url("/new")))));
        Workflow second = node.engine.workflows().replace(workflow.id(), sooner, 1);
        assertThat(second.version()).isEqualTo(2);
        assertThat(second.tasks().get(0).id()).isEqualTo(workflow.tasks().get(0).id());
        assertThat(node.engine.runs().get(kept).run().workflowVersion()).isEqualTo(1);
        assertThatThrownBy(() -> node.engine.workflows().replace(workflow.id(), sooner, 1))
                .isInstanceOf(RefusedException.class);
        node.engine.workflows().replaceForActive(workflow.id(), sooner, 2);
        RunView moved = awaitStatus(kept, RunStatus.COMPLETED);
        assertThat(moved.run().workflowVersion()).isEqualTo(3);
        assertThat(thirdParty.calls(moved.timer().id())).singleElement().satisfies(call -> assertThat(call.path())
                .isEqualTo("/new"));
    }

    @Test
    void is_never_at_a_task_twice_however_new_versions_order_them() {
        Workflow workflow = node.workflow(called("first", 0), called("second", 3600), called("third", 0));
        UUID id = start(workflow, null);
        awaitTask(id, workflow.tasks().get(1).id());
        node.engine
                .workflows()
                .replaceForActive(
                        workflow.id(), draft(called("third", 0), called("second", 3600), called("first", 0)), 1);
        assertThat(node.engine.runs().get(id).run().workflowVersion()).isEqualTo(2);
        node.engine
                .workflows()
                .replaceForActive(
                        workflow.id(),
                        draft(called("second", 0), called("first", 0), called("third", 0), called("new", 0)),
                        2);
        RunView done = awaitStatus(id, RunStatus.COMPLETED);
        assertThat(done.run().workflowVersion()).isEqualTo(3);
        assertThat(paths(done)).containsExactly("/first", "/second", "/third", "/new");
    }

    @Test
    void is_never_at_a_task_twice_when_it_is_redriven_by_versions_with_another_order() {
        thirdParty.answer((path, attempt) -> path.equals("/second") && attempt < 3 ? 404 : 200);
        Workflow workflow = node.workflow(called("first", 0), called("second", 0), called("third", 0));
        UUID id = start(workflow, null);
        awaitStatus(id, RunStatus.FAILED);
        replace(workflow, called("third", 0), called("second", 0), called("first", 0));
        node.engine.runs().redrive(id, true);
        assertThat(awaitStatus(id, RunStatus.FAILED).run().workflowVersion()).isEqualTo(2);
        // What it has passed went into the history with it, and comes back.
        replace(workflow, called("second", 0), called("first", 0), called("third", 0));
        node.engine.runs().redrive(id, true);
        assertThat(paths(awaitStatus(id, RunStatus.COMPLETED))).containsExactly("/first", "/second", "/third");
    }

    private TaskDraft called(String name, int seconds) {
        return task(name, seconds(seconds), action(thirdParty.url("/" + name)));
    }

    private static void awaitTask(UUID id, UUID task) {
        await().atMost(PATIENCE)
                .until(() -> task.equals(node.engine.runs().get(id).run().taskId()));
    }

    private List<String> paths(RunView run) {
        return run.history().stream()
                .map(timer -> thirdParty.calls(timer.id()))
                .map(calls -> calls.get(0).path())
                .toList();
    }

    @Test
    void waits_as_before_where_a_new_version_has_a_delay_that_can_t_be_used() {
        Workflow workflow = node.workflow(task("wait", seconds(3600), action(thirdParty.url("/old"))));
        UUID id = start(workflow, null);
        Instant due = node.engine.runs().get(id).timer().dueAt();
        for (String ifPast : List.of("skip", "reject")) {
            WorkflowDraft unusable = new WorkflowDraft(
                    "w", null, null, List.of(task("wait", passed(ifPast), action(thirdParty.url("/new")))));
            node.engine.workflows().replaceForActive(workflow.id(), unusable, null);
            RunView view = node.engine.runs().get(id);
            assertThat(view.timer().dueAt()).isEqualTo(due);
            assertThat(view.timer().spec().action().url()).isEqualTo(thirdParty.url("/new"));
        }
    }

    @Test
    void is_due_now_where_a_new_version_would_have_called_before() {
        Workflow workflow = node.workflow(task("wait", seconds(3600), action(thirdParty.url("/t"))));
        UUID id = start(workflow, null);
        WorkflowDraft atOnce =
                new WorkflowDraft("w", null, null, List.of(task("wait", seconds(0), action(thirdParty.url("/t")))));
        Instant begin = Instant.now().truncatedTo(ChronoUnit.MILLIS);
        node.engine.workflows().replaceForActive(workflow.id(), atOnce, null);
        assertThat(awaitStatus(id, RunStatus.COMPLETED).history().get(0).dueAt())
                .isAfterOrEqualTo(begin);
    }

    @Test
    void starts_in_bulk_and_says_what_is_wrong_with_each() {
        Workflow workflow = node.workflow(task("later", seconds(3600), action(thirdParty.url("/later"))));
        RunDraft draft = new RunDraft("same", null, JsonText.EMPTY_OBJECT);
        RunDraft other = new RunDraft("other", null, JsonText.EMPTY_OBJECT);
        List<Acceptance<RunView>> results = node.engine
                .runs()
                .startAll(
                        workflow.id(),
                        Stream.of(draft, other, draft).map(Asked::of).toList());
        UUID first =
                ((Acceptance.Created<RunView>) results.get(0)).value().run().id();
        assertThat(((Acceptance.Existing<RunView>) results.get(2)).holder().id())
                .isEqualTo(first);
        assertThat(results.get(1)).isInstanceOf(Acceptance.Created.class);
        assertThat(node.engine
                        .runs()
                        .startAll(UUID.randomUUID(), List.of(Asked.of(draft)))
                        .get(0))
                .isInstanceOf(Acceptance.Refused.class);
    }

    @Test
    void needs_a_workflow_with_tasks_that_is_not_archived() {
        Workflow empty = node.workflow();
        assertThatThrownBy(() -> start(empty, null)).hasMessageContaining("no tasks");
        Workflow filled = node.engine
                .workflows()
                .addTask(empty.id(), task("later", seconds(3600), action(thirdParty.url("/later"))), null, null);
        UUID id = start(filled, null);
        UUID keyed = start(filled, "keyed");
        node.engine.workflows().archive(empty.id(), 2);
        assertThatThrownBy(() -> start(filled, null)).hasMessageContaining("archived");
        assertThatThrownBy(() -> start(filled, "new key")).hasMessageContaining("archived");
        assertThat(start(filled, "keyed")).as("the one that is there").isEqualTo(keyed);
        RunDraft again = new RunDraft("keyed", null, JsonText.EMPTY_OBJECT);
        assertThat(node.engine.runs().startAll(filled.id(), List.of(Asked.of(again))))
                .singleElement()
                .isInstanceOfSatisfying(
                        Acceptance.Existing.class,
                        before -> assertThat(before.holder().id()).isEqualTo(keyed));
        node.engine.timers().fire(node.engine.runs().get(id).timer().id());
        awaitStatus(id, RunStatus.COMPLETED);
    }

    private Action post(String path, JsonText body) {
        return new Action("POST", thirdParty.url(path), Map.of(), body);
    }

    private static UUID start(Workflow workflow, String key) {
        return node.start(workflow, key).run().id();
    }

    private static RunView awaitStatus(UUID id, RunStatus status) {
        return await().atMost(PATIENCE)
                .pollInterval(Duration.ofMillis(20))
                .until(() -> node.engine.runs().get(id), view -> view.run().status() == status);
    }
}
