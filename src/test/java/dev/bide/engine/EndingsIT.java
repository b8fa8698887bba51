package dev.bide.engine;

import static dev.bide.engine.EngineNode.action;
import static dev.bide.engine.EngineNode.seconds;
import static dev.bide.engine.EngineNode.task;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.bide.delay.DateDelay;
import dev.bide.delay.IfPast;
import dev.bide.testing.StubThirdParty;
import dev.bide.workflow.Action;
import dev.bide.workflow.JsonText;
import dev.bide.workflow.RefusedException;
import dev.bide.workflow.RunDraft;
import dev.bide.workflow.RunStatus;
import dev.bide.workflow.TaskDraft;
import dev.bide.workflow.TimerStatus;
import dev.bide.workflow.Workflow;
import dev.bide.workflow.WorkflowDraft;
import java.time.Duration;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Who is told of the end of a run. */
class EndingsIT {
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final JsonText BODY =
            JsonText.parse("{\"run\":\"{{run.id}}\",\"key\":\"{{run.key}}\",\"status\":\"{{run.status}}\","
                    + "\"error\":\"{{run.error}}\",\"task\":\"{{task.name}}\",\"to\":\"{{input.to}}\"}");

    @RegisterExtension
    static EngineExtension node = EngineExtension.worker();

    @RegisterExtension
    final StubThirdParty thirdParty = new StubThirdParty();

    @Test
    void a_completed_run_is_told_of_once_with_what_it_was_started_with() throws Exception {
        Workflow workflow = workflow("/done", "/failed", task("only", seconds(0), action(thirdParty.url("/ok"))));
        UUID run = start(workflow, "one");
        StubThirdParty.Call call = told("/done");
        assertThat(call.body())
                .isEqualTo(
                        "{\"run\":\"%s\",\"key\":\"one\",\"status\":\"completed\",\"error\":null,\"task\":\"only\",\"to\":{\"n\":1.50}}"
                                .formatted(run));
        assertThat(timerOf(run)).isEqualTo(TimerStatus.DELIVERED);
        assertThat(node.engine.runs().get(run).history())
                .as("it is no timer of the run's")
                .hasSize(1);
        assertThat(thirdParty.callsOf("/failed")).isEmpty();
    }

    @Test
    void a_failed_run_is_told_of_with_why_and_again_as_completed_once_it_was_redriven() {
        thirdParty.answer((path, attempt) -> path.equals("/wrong") && attempt == 1 ? 404 : 200);
        Workflow workflow = workflow("/done", "/failed", task("only", seconds(0), action(thirdParty.url("/wrong"))));
        UUID run = start(workflow, "two");
        assertThat(told("/failed").body())
                .contains("\"status\":\"failed\"")
                .contains("\"error\":\"answer 404\"")
                .contains("\"to\":{\"n\":1.50}");
        node.engine.runs().redrive(run, false);
        assertThat(told("/done").body()).contains("\"status\":\"completed\"").contains("\"error\":null");
        assertThat(thirdParty.callsOf("/failed")).hasSize(1);
    }

    /** The third party is away when the run ends, and back when the run is long forgotten. */
    @Test
    void is_retried_and_redriven_as_other_timers_are_with_the_input_that_the_run_had() throws Exception {
        thirdParty.answer((path, attempt) -> path.equals("/done") && attempt == 1 ? 404 : 200);
        Workflow workflow = workflow("/done", null, task("only", seconds(0), action(thirdParty.url("/ok"))));
        UUID run = start(workflow, "three");
        await().atMost(PATIENCE).until(() -> timerOf(run) == TimerStatus.DEAD);
        node.postgres().sql().execute("DELETE FROM run_history");
        node.engine.timers().redrive(idOf(run));
        await().atMost(PATIENCE).until(() -> thirdParty.callsOf("/done").size() == 2);
        assertThat(thirdParty.callsOf("/done").get(1).body())
                .contains("\"to\":{\"n\":1.50}")
                .contains(run.toString());
    }

    @Test
    void a_run_that_skips_all_its_tasks_is_told_of_too() {
        Workflow workflow = workflow(
                "/done",
                null,
                task(
                        "long ago",
                        new DateDelay(LocalDate.of(1990, 1, 1), null, IfPast.SKIP, null),
                        action(thirdParty.url("/never"))));
        UUID run = start(workflow, "four");
        assertThat(node.engine.runs().get(run).run().status()).isEqualTo(RunStatus.COMPLETED);
        assertThat(told("/done").body()).contains(run.toString()).contains("\"to\":{\"n\":1.50}");
    }

    @Test
    void nobody_is_told_of_a_cancel_or_where_nobody_is_named() throws Exception {
        Workflow silent = workflow(null, null, task("only", seconds(0), action(thirdParty.url("/ok"))));
        UUID completed = start(silent, "five");
        Workflow workflow = workflow("/done", "/failed", task("only", seconds(3600), action(thirdParty.url("/ok"))));
        UUID cancelled = start(workflow, "six");
        node.engine.runs().cancel(cancelled);
        await().atMost(PATIENCE)
                .until(() -> node.engine.runs().get(completed).run().status() == RunStatus.COMPLETED);
        assertThat(node.postgres()
                        .sql()
                        .number(
                                "SELECT count(*) FROM (SELECT spec FROM timer UNION ALL SELECT spec FROM timer_history) AS t"
                                        + " WHERE spec::text LIKE '%" + completed + "%' OR spec::text LIKE '%"
                                        + cancelled + "%'"))
                .isZero();
    }

    @Test
    void is_checked_as_other_actions_are_and_kept_when_tasks_change() {
        TaskDraft task = task("only", seconds(0), action(thirdParty.url("/ok")));
        assertThatThrownBy(() -> node.engine
                        .workflows()
                        .create(new WorkflowDraft(
                                "w",
                                null,
                                null,
                                List.of(task),
                                new Workflow.Endings(null, action("http://10.0.0.1/")))))
                .isInstanceOfSatisfying(RefusedException.class, refused -> assertThat(
                                refused.refusal().errors().get(0).field())
                        .isEqualTo("onFailed.url"));
        Workflow workflow = workflow("/done", null, task);
        Workflow changed = node.engine.workflows().addTask(workflow.id(), task, null, null);
        assertThat(changed.endings()).isEqualTo(workflow.endings());
        assertThat(node.engine.workflows().get(workflow.id())).isEqualTo(changed);
        assertThat(node.engine.workflows().version(workflow.id(), 1).endings()).isEqualTo(workflow.endings());
    }

    private StubThirdParty.Call told(String path) {
        await().atMost(PATIENCE).until(() -> !thirdParty.callsOf(path).isEmpty());
        return thirdParty.callsOf(path).get(0);
    }

    private Workflow workflow(String completed, String failed, TaskDraft... tasks) {
        return node.engine
                .workflows()
                .create(new WorkflowDraft(
                        "w", null, null, List.of(tasks), new Workflow.Endings(telling(completed), telling(failed))));
    }

    private Action telling(String path) {
        return path == null ? null : new Action("POST", thirdParty.url(path), Map.of(), BODY);
    }

    private static UUID start(Workflow workflow, String key) {
        return node.engine
                .runs()
                .start(workflow.id(), new RunDraft(key, null, JsonText.parse("{\"to\": {\"n\":1.50}}")))
                .join()
                .value()
                .run()
                .id();
    }

    private static TimerStatus timerOf(UUID run) throws Exception {
        UUID[] id = new UUID[1];
        await().atMost(PATIENCE).until(() -> (id[0] = idOf(run)) != null);
        await().atMost(PATIENCE)
                .until(() -> !node.engine.timers().get(id[0]).status().waiting());
        return node.engine.timers().get(id[0]).status();
    }

    private static UUID idOf(UUID run) throws Exception {
        String id = node.postgres()
                .sql()
                .text(
                        "SELECT max(id::text) FROM (SELECT id, spec FROM timer UNION ALL SELECT id, spec FROM timer_history) AS t"
                                + " WHERE spec::text LIKE '%\"end\":%" + run + "%'");
        return id == null ? null : UUID.fromString(id);
    }
}
