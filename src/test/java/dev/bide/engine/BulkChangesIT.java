package dev.bide.engine;

import static dev.bide.engine.EngineNode.action;
import static dev.bide.engine.EngineNode.seconds;
import static dev.bide.engine.EngineNode.task;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.bide.delay.Delay;
import dev.bide.testing.Delays;
import dev.bide.testing.StubThirdParty;
import dev.bide.workflow.RefusedException;
import dev.bide.workflow.RunStatus;
import dev.bide.workflow.TaskDraft;
import dev.bide.workflow.Timer;
import dev.bide.workflow.TimerStatus;
import dev.bide.workflow.Workflow;
import dev.bide.workflow.WorkflowDraft;
import dev.bide.workflow.figures.DeadStore.DeadFilter;
import dev.bide.workflow.figures.DeadStore.Group;
import dev.bide.workflow.figures.Matching;
import dev.bide.workflow.store.Operation;
import dev.bide.workflow.store.OperationKind;
import dev.bide.workflow.store.OperationStatus;
import dev.bide.workflow.store.Page;
import dev.bide.workflow.store.PageRequest;
import dev.bide.workflow.store.RunFilter;
import dev.bide.workflow.store.RunWithInput;
import dev.bide.workflow.store.TimerFilter;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Ten first, then the rest; those that are dead; and changes to many runs. */
class BulkChangesIT {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @RegisterExtension
    static EngineExtension node = EngineExtension.worker();

    @RegisterExtension
    final StubThirdParty thirdParty = new StubThirdParty();

    @AfterEach
    void dead_timers_and_their_rows_are_the_same() {
        node.requireEachDeadTimerOnce();
        assertThat(count("operation_rest")).isZero();
    }

    @Test
    void changes_the_oldest_so_many_and_later_the_rest() {
        Workflow workflow = workflow(3600);
        node.startAll(workflow, 25);
        List<Timer> timers = timers(workflow);
        timers.sort(Comparator.comparing(timer -> timer.id().toString()));
        OperationCounts.Count counted =
                node.engine.operations().count(OperationKind.PAUSE, of(workflow).limited(10));
        assertThat(counted.complete()).isTrue();
        assertThat(counted.matching().count()).isEqualTo(10);
        assertThat(counted.matching().sample())
                .extracting(Matching.Sample::id)
                .containsExactlyElementsOf(ids(timers.subList(0, 10)));
        assertThat(counted.matching().earliestDueAt())
                .isEqualTo(timers.stream()
                        .map(Timer::dueAt)
                        .min(Comparator.naturalOrder())
                        .orElseThrow());
        Operation canary = run(OperationKind.PAUSE, of(workflow).limited(10), "Trying ten");
        assertThat(canary.status()).isEqualTo(OperationStatus.COMPLETED);
        assertThat(canary.matched()).isEqualTo(10);
        assertThat(canary.done()).isEqualTo(10);
        assertThat(canary.reason()).isEqualTo("Trying ten");
        assertThat(canary.life().startedAt())
                .isNotNull()
                .isBeforeOrEqualTo(canary.life().endedAt());
        assertThat(timers(workflow, TimerStatus.PAUSED))
                .containsExactlyInAnyOrderElementsOf(ids(timers.subList(0, 10)));
        Operation rest = run(OperationKind.PAUSE, of(workflow).request(), null);
        assertThat(rest.done()).isEqualTo(15);
        assertThat(timers(workflow, TimerStatus.PAUSED)).hasSize(25);
    }

    @Test
    void redrives_the_ten_that_died_first_and_then_the_rest_of_one_problem() {
        AtomicBoolean mended = new AtomicBoolean();
        thirdParty.answer((path, attempt) -> mended.get() ? 200 : path.equals("/gone") ? 404 : 422);
        Workflow workflow = workflow(0);
        node.startAll(workflow, 25);
        UUID other = timer(thirdParty.url("/gone"));
        await().atMost(PATIENCE).until(() -> runs(workflow, RunStatus.FAILED) == 25);
        node.awaitStatus(other, TimerStatus.DEAD);
        long problem = problemOf(workflow);
        mended.set(true);
        List<UUID> byDeath = timers(workflow).stream()
                .sorted(Comparator.comparing(Timer::finishedAt)
                        .thenComparing(timer -> timer.id().toString()))
                .map(Timer::id)
                .toList();
        Operation canary = run(OperationKind.REDRIVE, problem(problem).limited(10), null);
        assertThat(canary.done()).isEqualTo(10);
        assertThat(canary.matched()).isEqualTo(10);
        await().atMost(PATIENCE).until(() -> runs(workflow, RunStatus.COMPLETED) == 10);
        assertThat(timers(workflow, TimerStatus.DELIVERED)).containsExactlyInAnyOrderElementsOf(byDeath.subList(0, 10));
        Operation rest = run(OperationKind.REDRIVE, problem(problem).request(), null);
        assertThat(rest.done()).isEqualTo(15);
        await().atMost(PATIENCE).until(() -> runs(workflow, RunStatus.COMPLETED) == 25);
        assertThat(groups(problem)).as("nothing of it is left").isEmpty();
        assertThat(node.engine.timers().get(other).status()).isEqualTo(TimerStatus.DEAD);
    }

    /** Those that died of it before are another workflow's. */
    @Test
    void counts_the_first_of_the_dead_that_match_and_not_those_of_the_first_dead() {
        thirdParty.answer((path, attempt) -> 409);
        Workflow before = workflow(0);
        node.startAll(before, 3);
        await().atMost(PATIENCE).until(() -> runs(before, RunStatus.FAILED) == 3);
        Workflow workflow = workflow(0);
        node.startAll(workflow, 2);
        await().atMost(PATIENCE).until(() -> runs(workflow, RunStatus.FAILED) == 2);
        Wanted both = new Wanted(
                new TimerFilter(workflow.id(), null, null, Set.of(), null, null, null, null, problemOf(workflow)),
                null);
        OperationCounts.Count one = node.engine.operations().count(OperationKind.DISMISS, both.limited(1));
        assertThat(one.matching().count()).isEqualTo(1);
        assertThat(one.complete()).isTrue();
        OperationCounts.Count all = node.engine.operations().count(OperationKind.DISMISS, both.request());
        assertThat(all.complete()).isTrue();
        assertThat(all.matching().sample())
                .extracting(Matching.Sample::id)
                .containsExactlyInAnyOrderElementsOf(ids(timers(workflow)));
        assertThat(run(OperationKind.DISMISS, both.limited(1), null).done()).isEqualTo(1);
    }

    /** A node that knows nothing of these rows redrives a timer, which dies again. */
    @ParameterizedTest
    @EnumSource(names = {"REDRIVE", "DISMISS"})
    void passes_over_rows_that_a_node_of_the_version_before_has_left(OperationKind kind) {
        AtomicBoolean mended = new AtomicBoolean();
        thirdParty.answer((path, attempt) -> mended.get() ? 200 : 410);
        Workflow workflow = workflow(0);
        node.startAll(workflow, 4);
        await().atMost(PATIENCE).until(() -> runs(workflow, RunStatus.FAILED) == 4);
        for (String before : List.of("1 second", "3 days")) {
            node.postgres()
                    .sql()
                    .execute("INSERT INTO timer_dead SELECT id, finished_at - interval '" + before
                            + "', due_at, problem, lane, host, outcome, http_status, text, run_id, workflow_id, task_id"
                            + " FROM timer_dead WHERE finished_at > now() - interval '1 day' AND workflow_id = '"
                            + workflow.id() + "' AND id NOT IN (SELECT id FROM timer_dead WHERE workflow_id = '"
                            + workflow.id() + "' ORDER BY id LIMIT 1)");
        }
        mended.set(true);
        Operation done = run(kind, of(workflow).request(), null);
        assertThat(done.status()).isEqualTo(OperationStatus.COMPLETED);
        assertThat(done.done()).isEqualTo(4);
        assertThat(count("timer_dead WHERE workflow_id = '" + workflow.id() + "'"))
                .isZero();
        if (kind == OperationKind.REDRIVE) {
            await().atMost(PATIENCE).until(() -> runs(workflow, RunStatus.COMPLETED) == 4);
        }
    }

    /** By then the runs are gone on, have failed anew, and are found anew. */
    @Test
    void a_redrive_meets_none_twice_that_dies_again() {
        thirdParty.answer((path, attempt) -> 422);
        Workflow workflow = workflow(0);
        node.startAll(workflow, 5);
        await().atMost(PATIENCE).until(() -> runs(workflow, RunStatus.FAILED) == 5);
        Operation begun = begin(OperationKind.REDRIVE, of(workflow).request(), null);
        await().atMost(PATIENCE)
                .until(() ->
                        node.run(begun).status() == OperationStatus.COMPLETED && runs(workflow, RunStatus.FAILED) == 5);
        node.engine.operationRunner().run();
        assertThat(node.engine.operations().get(begun.id()).done()).isEqualTo(5);
        assertThat(timers(workflow))
                .allSatisfy(timer -> assertThat(timer.attempts()).hasSize(2));
        assertThat(groups(problemOf(workflow))).extracting(Group::count).containsExactly(5L);
    }

    @Test
    void redrives_and_dismissals_that_overlap_take_each_once() throws Exception {
        AtomicBoolean mended = new AtomicBoolean();
        thirdParty.answer((path, attempt) -> mended.get() ? 200 : 422);
        Workflow workflow = workflow(0);
        node.startAll(workflow, 600);
        await().atMost(PATIENCE).until(() -> runs(workflow, RunStatus.FAILED) == 600);
        mended.set(true);
        long problem = problemOf(workflow);
        List<Operation> operations = Stream.of(OperationKind.REDRIVE, OperationKind.REDRIVE, OperationKind.DISMISS)
                .map(kind -> begin(kind, problem(problem).request(), null))
                .toList();
        try (EngineNode other = EngineNode.api(node.postgres().dataSource())) {
            AtomicBoolean over = new AtomicBoolean();
            List<CompletableFuture<Void>> runners = Stream.of(node.engine, other.engine)
                    .map(one -> CompletableFuture.runAsync(() -> {
                        while (!over.get()) {
                            one.operationRunner().run();
                        }
                    }))
                    .toList();
            await().atMost(PATIENCE).until(() -> operations.stream()
                    .allMatch(one -> node.engine.operations().get(one.id()).status() == OperationStatus.COMPLETED));
            over.set(true);
            for (CompletableFuture<Void> runner : runners) {
                runner.get(60, TimeUnit.SECONDS);
            }
        }
        long done = operations.stream()
                .mapToLong(one -> node.engine.operations().get(one.id()).done())
                .sum();
        assertThat(done).isEqualTo(600);
        operations.forEach(one -> {
            Operation ended = node.engine.operations().get(one.id());
            assertThat(ended.matched()).isEqualTo(ended.done() + ended.failed());
        });
        long dismissed = node.engine.operations().get(operations.get(2).id()).done();
        await().atMost(PATIENCE).until(() -> runs(workflow, RunStatus.COMPLETED) == 600 - dismissed);
        assertThat(runs(workflow, RunStatus.FAILED)).isEqualTo((int) dismissed);
        assertThat(groups(problem)).isEmpty();
    }

    @Test
    void dismisses_dead_timers_whose_runs_stay_failed() {
        thirdParty.answer((path, attempt) -> 410);
        Workflow workflow = workflow(0);
        node.startAll(workflow, 4);
        await().atMost(PATIENCE).until(() -> runs(workflow, RunStatus.FAILED) == 4);
        long problem = problemOf(workflow);
        Matching found = node.engine
                .operations()
                .count(OperationKind.DISMISS, problem(problem).request())
                .matching();
        assertThat(found.count()).isEqualTo(4);
        assertThat(found.sample()).hasSize(4);
        Operation one = run(OperationKind.DISMISS, problem(problem).limited(1), null);
        assertThat(one.done()).isEqualTo(1);
        Operation rest = run(OperationKind.DISMISS, of(workflow).request(), null);
        assertThat(rest.done()).isEqualTo(3);
        assertThat(timers(workflow, TimerStatus.CANCELLED)).hasSize(4);
        assertThat(runs(workflow, RunStatus.FAILED)).isEqualTo(4);
        assertThat(groups(problem)).isEmpty();
        Timer timer = timers(workflow).get(0);
        assertThatThrownBy(() -> node.engine.timers().redrive(timer.id())).hasMessageContaining("is cancelled");
        // Else it would go on past a task that was never delivered.
        assertThatThrownBy(() -> node.engine.runs().redrive(timer.owner().runId(), true))
                .isInstanceOf(RefusedException.class)
                .hasMessageContaining("was dismissed");
        assertThat(run(OperationKind.REDRIVE, problem(problem).request(), null).matched())
                .isZero();
        Operation runs = run(OperationKind.REDRIVE_RUNS, ofRuns(workflow, null).request(), null);
        assertThat(runs.failed()).isEqualTo(4);
        assertThat(runs.progress().failures())
                .allSatisfy(failure -> assertThat(failure.detail()).contains("was dismissed"));
    }

    @Test
    void finds_dead_timers_by_destination_and_by_key() {
        thirdParty.answer((path, attempt) -> 410);
        UUID keyed = node.engine
                .timers()
                .create(EngineNode.timer("dead key", 0, thirdParty.url("/k")))
                .join()
                .value()
                .id();
        node.awaitStatus(keyed, TimerStatus.DEAD);
        String host = URI.create(thirdParty.url("/")).getAuthority();
        assertThat(countOf(
                        OperationKind.DISMISS,
                        new TimerFilter(null, null, null, Set.of(), null, null, null, host, null)))
                .isEqualTo(1);
        assertThat(countOf(
                        OperationKind.DISMISS,
                        new TimerFilter(null, null, null, Set.of(), null, null, null, "127.0.0.1:1", null)))
                .isZero();
        TimerFilter byKey = new TimerFilter(null, null, null, Set.of(), null, null, "dead key", null, null);
        assertThat(countOf(OperationKind.REDRIVE, byKey)).isEqualTo(1);
        Operation dismissed = run(OperationKind.DISMISS, new Wanted(byKey, null).request(), null);
        assertThat(dismissed.done()).isEqualTo(1);
        assertThat(node.engine.timers().get(keyed).status()).isEqualTo(TimerStatus.CANCELLED);
        UUID waiting = node.engine
                .timers()
                .create(EngineNode.timer("waiting key", 3600, thirdParty.url("/k")))
                .join()
                .value()
                .id();
        TimerFilter byOther = new TimerFilter(null, null, null, Set.of(), null, null, "waiting key", null, null);
        assertThat(run(OperationKind.CANCEL, new Wanted(byOther, null).request(), null)
                        .done())
                .isEqualTo(1);
        assertThat(node.engine.timers().get(waiting).status()).isEqualTo(TimerStatus.CANCELLED);
    }

    @Test
    void finds_timers_that_wait_by_their_destination() {
        String host = URI.create(thirdParty.url("/")).getAuthority();
        TimerFilter ofHost = new TimerFilter(null, null, null, Set.of(), null, null, null, host, null);
        Workflow workflow = workflow(3600);
        node.startAll(workflow, 6);
        UUID other = timer("http://127.0.0.1:1/t", 3600);
        UUID paused = timers(workflow).get(2).id();
        node.engine.timers().pause(paused);
        OperationCounts.Count pausing =
                node.engine.operations().count(OperationKind.PAUSE, new Wanted(ofHost, null).request());
        assertThat(pausing.matching().count()).isEqualTo(5);
        assertThat(pausing.complete()).isTrue();
        assertThat(pausing.matching().sample()).hasSize(5);
        assertThat(pausing.matching().earliestDueAt())
                .isBeforeOrEqualTo(pausing.matching().latestDueAt());
        assertThat(countOf(OperationKind.CANCEL, ofHost)).isEqualTo(6);
        assertThat(countOf(OperationKind.RESUME, ofHost)).isEqualTo(1);
        Operation resumed = run(OperationKind.RESUME, new Wanted(ofHost, null).request(), null);
        assertThat(resumed.done()).isEqualTo(1);
        Operation some = run(OperationKind.CANCEL, new Wanted(ofHost, null).limited(2), null);
        assertThat(some.done()).isEqualTo(2);
        Operation cancelled = run(OperationKind.CANCEL, new Wanted(ofHost, null).request(), null);
        assertThat(cancelled.matched()).isEqualTo(4);
        assertThat(cancelled.done()).isEqualTo(4);
        assertThat(runs(workflow, RunStatus.CANCELLED)).isEqualTo(6);
        assertThat(node.engine.timers().get(other).status()).isEqualTo(TimerStatus.SCHEDULED);
        node.engine.timers().cancel(other);
        assertThatThrownBy(() -> node.engine
                        .operations()
                        .count(
                                OperationKind.CANCEL,
                                new Wanted(
                                                new TimerFilter(
                                                        null, null, null, Set.of(), null, null, null, "no host", null),
                                                null)
                                        .request()))
                .isInstanceOf(RefusedException.class);
    }

    @Test
    void fires_all_that_wait_but_those_that_are_paused() {
        Workflow workflow = workflow(3600);
        node.startAll(workflow, 12);
        UUID paused = timers(workflow).get(3).id();
        node.engine.timers().pause(paused);
        Operation fired = run(OperationKind.FIRE, of(workflow).request(), null);
        assertThat(fired.status()).isEqualTo(OperationStatus.COMPLETED);
        assertThat(fired.matched()).isEqualTo(12);
        assertThat(fired.done()).isEqualTo(11);
        assertThat(fired.progress().failures()).containsExactly(new Operation.Failure(paused, "is paused"));
        await().atMost(PATIENCE).until(() -> runs(workflow, RunStatus.COMPLETED) == 11);
        assertThat(timers(workflow, TimerStatus.PAUSED)).containsExactly(paused);
    }

    @Test
    void pauses_and_resumes_runs_but_timers_that_were_paused_before() {
        Workflow workflow = workflow(3600);
        node.startAll(workflow, 12);
        UUID alone = timers(workflow).get(5).id();
        node.engine.timers().pause(alone);
        Operation paused = run(OperationKind.PAUSE_RUNS, ofRuns(workflow, null).request(), null);
        assertThat(paused.done()).isEqualTo(12);
        assertThat(runs(workflow, RunStatus.PAUSED)).isEqualTo(12);
        assertThat(timers(workflow, TimerStatus.PAUSED)).hasSize(12);
        assertThat(count("qrtz_triggers AS t JOIN timer ON t.trigger_name = timer.id::text WHERE timer.workflow_id = '"
                        + workflow.id() + "' AND trigger_state <> 'PAUSED'"))
                .isZero();
        Operation ofTimers = run(OperationKind.RESUME, of(workflow).request(), null);
        assertThat(ofTimers.failed()).isEqualTo(12);
        assertThat(ofTimers.progress().failures()).hasSize(12).allSatisfy(failure -> assertThat(failure.detail())
                .isEqualTo("belongs to a run that is paused"));
        Operation some = run(
                OperationKind.RESUME_RUNS, ofRuns(workflow, RunStatus.PAUSED).limited(5), null);
        assertThat(some.done()).isEqualTo(5);
        assertThat(runs(workflow, RunStatus.ACTIVE)).isEqualTo(5);
        Operation resumed =
                run(OperationKind.RESUME_RUNS, ofRuns(workflow, null).request(), null);
        assertThat(resumed.done()).isEqualTo(7);
        assertThat(runs(workflow, RunStatus.ACTIVE)).isEqualTo(12);
        assertThat(timers(workflow, TimerStatus.PAUSED)).containsExactly(alone);
        assertThat(run(OperationKind.RESUME_RUNS, ofRuns(workflow, null).request(), null)
                        .matched())
                .isZero();
    }

    @ParameterizedTest
    @EnumSource(
            value = OperationKind.class,
            names = {"CANCEL_RUNS", "PAUSE_RUNS"})
    void changes_runs_whose_calls_are_under_way_and_waits_for_these(OperationKind kind) {
        thirdParty.delay(Duration.ofSeconds(2));
        Workflow workflow = node.engine
                .workflows()
                .create(new WorkflowDraft("w", null, null, List.of(after("one", 0), after("two", 0))));
        node.startAll(workflow, 3);
        await().atMost(PATIENCE).until(() -> thirdParty.calls().size() == 3);
        Operation begun = begin(kind, ofRuns(workflow, null).request(), null);
        Operation running = node.run(begun);
        assertThat(running.status()).as("their calls are under way").isEqualTo(OperationStatus.RUNNING);
        assertThat(running.done()).isEqualTo(3);
        RunStatus to = kind == OperationKind.CANCEL_RUNS ? RunStatus.CANCELLED : RunStatus.PAUSED;
        assertThat(runs(workflow, to)).isEqualTo(3);
        Operation done = await().atMost(PATIENCE)
                .until(() -> node.run(begun), operation -> operation.status() == OperationStatus.COMPLETED);
        assertThat(done.matched()).isEqualTo(3);
        assertThat(done.failed()).isZero();
        assertThat(thirdParty.calls()).as("no other call is begun").hasSize(3);
        assertThat(runs(workflow, to)).isEqualTo(3);
        if (kind == OperationKind.PAUSE_RUNS) {
            assertThat(timers(workflow, TimerStatus.PAUSED)).hasSize(3);
            run(OperationKind.CANCEL_RUNS, ofRuns(workflow, RunStatus.PAUSED).request(), null);
        }
        assertThat(count("timer WHERE workflow_id = '" + workflow.id() + "'")).isZero();
    }

    /** Between the look and the change the timer of one is settled, and its run is at the next. */
    @Test
    void a_run_that_goes_on_while_it_is_come_to_is_had_at_its_next_timer() throws Exception {
        Workflow workflow = workflow(3600);
        node.startAll(workflow, 3);
        UUID settled = timers(workflow).get(1).id();
        UUID next = dev.bide.workflow.Ids.next();
        Operation begun =
                begin(OperationKind.CANCEL_RUNS, ofRuns(workflow, null).request(), null);
        CompletableFuture<Operation> cancelled;
        try (var connection = node.postgres().dataSource().getConnection();
                var statement = connection.createStatement()) {
            connection.setAutoCommit(false);
            statement.execute("SELECT FROM qrtz_triggers WHERE trigger_name = '" + settled + "' FOR UPDATE");
            cancelled = CompletableFuture.supplyAsync(() -> node.run(begun));
            await().pollInterval(Duration.ofMillis(5))
                    .atMost(Duration.ofSeconds(20))
                    .until(node.postgres()::somebodyWaitsForALock);
            statement.execute(
                    "UPDATE qrtz_triggers SET trigger_name = '" + next + "' WHERE trigger_name = '" + settled + "'");
            statement.execute("UPDATE timer SET id = '" + next + "' WHERE id = '" + settled + "'");
            statement.execute("UPDATE run SET timer_id = '" + next + "' WHERE timer_id = '" + settled + "'");
            connection.commit();
        }
        cancelled.get(30, TimeUnit.SECONDS);
        Operation done = await().atMost(PATIENCE)
                .until(() -> node.run(begun), operation -> operation.status() == OperationStatus.COMPLETED);
        assertThat(done.matched()).isEqualTo(3);
        assertThat(done.done()).isEqualTo(3);
        assertThat(runs(workflow, RunStatus.CANCELLED)).isEqualTo(3);
        assertThat(count("timer WHERE workflow_id = '" + workflow.id() + "'")).isZero();
    }

    /** Of one workflow that failed in its calls and at a delay, on days of old and today. */
    @Test
    void redrives_failed_runs_by_the_newest_version_where_they_failed_at_a_delay_too() {
        AtomicBoolean mended = new AtomicBoolean();
        thirdParty.answer((path, attempt) -> path.equals("/bad") && !mended.get() ? 422 : 200);
        Delay passed = Delays.of(Map.of("type", "date", "date", "2001-01-01", "ifPast", "reject"));
        Workflow atDelay = node.workflow(after("first", 0), task("second", passed, action(thirdParty.url("/second"))));
        node.startAll(atDelay, 4);
        await().atMost(PATIENCE).until(() -> runs(atDelay, RunStatus.FAILED) == 4);
        Workflow atCall = node.workflow(task("t", seconds(0), action(thirdParty.url("/bad"))));
        node.startAll(atCall, 4);
        await().atMost(PATIENCE).until(() -> runs(atCall, RunStatus.FAILED) == 4);
        OperationCounts.Count counted = node.engine
                .operations()
                .count(OperationKind.REDRIVE_RUNS, ofRuns(atDelay, null).request());
        assertThat(counted.matching().count()).isEqualTo(4);
        assertThat(counted.complete()).isTrue();

        Operation same = run(OperationKind.REDRIVE_RUNS, ofRuns(atDelay, null).request(), null);
        assertThat(same.failed()).isEqualTo(4);
        assertThat(same.progress().failures()).hasSize(4).allSatisfy(failure -> assertThat(failure.detail())
                .contains("can't go on")
                .contains("second"));
        assertThat(runs(atDelay, RunStatus.FAILED)).isEqualTo(4);

        node.engine
                .workflows()
                .replace(
                        atDelay.id(),
                        new WorkflowDraft("w", null, null, List.of(after("first", 0), after("second", 0))),
                        null);
        Operation one = run(OperationKind.REDRIVE_RUNS, ofRuns(atDelay, null).latest(1), null);
        assertThat(one.done()).isEqualTo(1);
        await().atMost(PATIENCE).until(() -> runs(atDelay, RunStatus.COMPLETED) == 1);
        Operation rest = run(
                OperationKind.REDRIVE_RUNS, ofRuns(atDelay, RunStatus.FAILED).latest(null), null);
        assertThat(rest.done()).isEqualTo(3);
        await().atMost(PATIENCE).until(() -> runs(atDelay, RunStatus.COMPLETED) == 4);

        mended.set(true);
        node.engine
                .workflows()
                .replace(
                        atCall.id(),
                        new WorkflowDraft(
                                "w", null, null, List.of(task("t", seconds(0), action(thirdParty.url("/good"))))),
                        null);
        assertThat(run(OperationKind.REDRIVE_RUNS, ofRuns(atCall, null).latest(2), null)
                        .done())
                .isEqualTo(2);
        assertThat(run(OperationKind.REDRIVE_RUNS, ofRuns(atCall, null).request(), null)
                        .done())
                .isEqualTo(2);
        await().atMost(PATIENCE).until(() -> runs(atCall, RunStatus.COMPLETED) == 4);
        assertThat(timers(atCall))
                .extracting(timer -> URI.create(timer.spec().action().url()).getPath())
                .as("two as they were, two as the workflow has it now")
                .containsExactlyInAnyOrder("/bad", "/bad", "/good", "/good");
    }

    /** What it comes back for are runs. */
    @Test
    void a_resume_of_runs_cancels_nothing() {
        Workflow workflow = workflow(3600);
        node.startAll(workflow, 1);
        Operation begun =
                begin(OperationKind.RESUME_RUNS, ofRuns(workflow, null).request(), null);
        UUID timer = timers(workflow).get(0).id();
        node.postgres()
                .sql()
                .execute("INSERT INTO operation_rest (operation_id, timer_id) VALUES (?, ?)", begun.id(), timer);
        assertThat(node.run(begun).status()).isEqualTo(OperationStatus.COMPLETED);
        assertThat(node.engine.timers().get(timer).status()).isEqualTo(TimerStatus.SCHEDULED);
        assertThat(runs(workflow, RunStatus.ACTIVE)).isEqualTo(1);
    }

    @Test
    void stops_between_two_batches_and_tells_what_was_done() {
        Workflow workflow = workflow(3600);
        node.startAll(workflow, 3);
        Operation begun =
                begin(OperationKind.CANCEL_RUNS, ofRuns(workflow, null).request(), "No more");
        assertThat(node.engine.operations().cancel(begun.id()).status()).isEqualTo(OperationStatus.CANCELLED);
        node.engine.operationRunner().run();
        assertThat(runs(workflow, RunStatus.ACTIVE)).isEqualTo(3);
        Operation second = run(OperationKind.CANCEL_RUNS, ofRuns(workflow, null).request(), null);
        Page<Operation> newest = node.engine.operations().list(null, new PageRequest(1, null));
        assertThat(newest.items()).extracting(Operation::id).containsExactly(second.id());
        Page<Operation> before = node.engine.operations().list(null, new PageRequest(1, newest.next()));
        assertThat(before.items()).extracting(Operation::id).containsExactly(begun.id());
        assertThat(node.engine
                        .operations()
                        .list(OperationStatus.CANCELLED, new PageRequest(1, null))
                        .items())
                .extracting(Operation::id)
                .containsExactly(begun.id());
        assertThat(node.engine
                        .operations()
                        .list(OperationStatus.RUNNING, new PageRequest(500, null))
                        .items())
                .isEmpty();
    }

    /** The connection dies in the middle of sets: nothing is redriven twice, nothing is left out. */
    @Test
    void a_crash_between_sets_of_dead_timers_repeats_none() {
        thirdParty.answer((path, attempt) -> attempt < 2 ? 422 : 200);
        Workflow workflow = workflow(0);
        node.startAll(workflow, 1_100);
        await().atMost(PATIENCE).until(() -> runs(workflow, RunStatus.FAILED) == 1_100);
        Operation begun = begin(OperationKind.REDRIVE, of(workflow).request(), null);
        node.postgres()
                .sql()
                .execute(
                        "CREATE FUNCTION crash() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
                                + " IF new.done BETWEEN 501 AND 1099 THEN PERFORM pg_terminate_backend(pg_backend_pid()); END IF; RETURN new; END $$");
        node.postgres()
                .sql()
                .execute("CREATE TRIGGER crash BEFORE UPDATE ON operation FOR EACH ROW EXECUTE FUNCTION crash()");
        try {
            assertThatThrownBy(() -> node.engine.operationRunner().run()).isInstanceOf(RuntimeException.class);
            assertThat(node.engine.operations().get(begun.id()).done()).isEqualTo(500);
        } finally {
            node.postgres().sql().execute("DROP TRIGGER crash ON operation");
            node.postgres().sql().execute("DROP FUNCTION crash()");
        }
        Operation done = node.run(begun);
        assertThat(done.status()).isEqualTo(OperationStatus.COMPLETED);
        assertThat(done.done()).isEqualTo(1_100);
        assertThat(done.matched()).isEqualTo(1_100);
        await().atMost(PATIENCE).until(() -> runs(workflow, RunStatus.COMPLETED) == 1_100);
        assertThat(count("timer_history WHERE workflow_id = '" + workflow.id()
                        + "' AND jsonb_array_length(attempts) <> 2"))
                .isZero();
    }

    /** What is asked for. */
    private record Wanted(TimerFilter filter, RunFilter runs) {
        Operation.Request request() {
            return with(null, null);
        }

        Operation.Request limited(int limit) {
            return with(null, limit);
        }

        Operation.Request latest(Integer limit) {
            return with(true, limit);
        }

        private Operation.Request with(Boolean latest, Integer limit) {
            return new Operation.Request(filter, Operation.END, null, null, null, runs, latest, limit);
        }
    }

    private static Wanted of(Workflow workflow) {
        return new Wanted(new TimerFilter(workflow.id(), null, null, null, null, null), null);
    }

    private static Wanted ofRuns(Workflow workflow, RunStatus status) {
        return new Wanted(TimerFilter.ALL, RunFilter.of(workflow.id(), status, null));
    }

    private static Wanted problem(long problem) {
        return new Wanted(new TimerFilter(null, null, null, Set.of(), null, null, null, null, problem), null);
    }

    private static long countOf(OperationKind kind, TimerFilter filter) {
        return node.engine
                .operations()
                .count(kind, new Wanted(filter, null).request())
                .matching()
                .count();
    }

    private static Operation begin(OperationKind kind, Operation.Request request, String reason) {
        return node.engine.operations().begin(kind, request, reason);
    }

    private static Operation run(OperationKind kind, Operation.Request request, String reason) {
        return node.run(begin(kind, request, reason));
    }

    private static long problemOf(Workflow workflow) {
        List<Group> groups = node.database
                .inTransaction(
                        session -> session.dead().groups(new DeadFilter(null, Set.of(), workflow.id(), null), 10_000))
                .groups();
        assertThat(groups).hasSize(1);
        return groups.get(0).death().problem();
    }

    private static List<Group> groups(long problem) {
        return node.database
                .inTransaction(session -> session.dead().groups(new DeadFilter(problem, Set.of(), null, null), 10_000))
                .groups();
    }

    private Workflow workflow(int seconds) {
        return node.workflow(after("t", seconds));
    }

    private TaskDraft after(String name, int seconds) {
        return task(name, seconds(seconds), action(thirdParty.url("/" + name)));
    }

    private static UUID timer(String url) {
        return timer(url, 0);
    }

    private static UUID timer(String url, int seconds) {
        return node.engine
                .timers()
                .create(EngineNode.timer(null, seconds, url))
                .join()
                .value()
                .id();
    }

    private static List<UUID> ids(List<Timer> timers) {
        return timers.stream().map(Timer::id).toList();
    }

    private static List<Timer> timers(Workflow workflow) {
        return new ArrayList<>(node.engine
                .timers()
                .list(of(workflow).filter(), new PageRequest(500, null))
                .items());
    }

    private static List<UUID> timers(Workflow workflow, TimerStatus status) {
        Predicate<Timer> in = timer -> timer.status() == status;
        return timers(workflow).stream().filter(in).map(Timer::id).toList();
    }

    private static int runs(Workflow workflow, RunStatus status) {
        int count = 0;
        Page<RunWithInput> page = null;
        do {
            PageRequest request = new PageRequest(500, page == null ? null : page.next());
            page = node.engine.runs().list(RunFilter.of(workflow.id(), status, null), request);
            count += page.items().size();
        } while (page.next() != null);
        return count;
    }

    private static int count(String of) {
        return Math.toIntExact(node.postgres().sql().number("SELECT count(*) FROM " + of));
    }
}
