package dev.bide.persistence;

import static dev.bide.persistence.Samples.NOW;
import static dev.bide.persistence.Samples.id;
import static dev.bide.persistence.Samples.run;
import static dev.bide.persistence.Samples.withInput;
import static org.assertj.core.api.Assertions.assertThat;

import dev.bide.engine.list.RunLists;
import dev.bide.testing.PostgresExtension;
import dev.bide.workflow.JsonText;
import dev.bide.workflow.Run;
import dev.bide.workflow.RunStatus;
import dev.bide.workflow.Workflow;
import dev.bide.workflow.store.Cursor;
import dev.bide.workflow.store.Days;
import dev.bide.workflow.store.KeyHolder;
import dev.bide.workflow.store.Page;
import dev.bide.workflow.store.PageRequest;
import dev.bide.workflow.store.RunFilter;
import dev.bide.workflow.store.RunStore;
import dev.bide.workflow.store.RunStore.FoundRun;
import dev.bide.workflow.store.RunWithInput;
import dev.bide.workflow.store.WorkflowStore;
import java.time.InstantSource;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;
import org.jdbi.v3.core.Jdbi;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class JdbiRunStoreIT {
    @RegisterExtension
    static final PostgresExtension POSTGRES = new PostgresExtension();

    private JdbiDatabase database;

    @BeforeEach
    void openDatabase() {
        database = new JdbiDatabase(Jdbi.create(POSTGRES.dataSource()));
    }

    @Test
    void finds_of_some_runs_those_in_the_states_that_are_asked_for() {
        Run run = run(id(), null);
        in(runs -> runs.insert(List.of(withInput(run))));
        assertThat(this.<List<FoundRun>>in(runs -> runs.found(List.of(run.id()), List.of(RunStatus.ACTIVE))))
                .extracting(FoundRun::id)
                .containsExactly(run.id());
        assertThat(this.<List<FoundRun>>in(runs -> runs.found(List.of(run.id()), List.of(RunStatus.PAUSED))))
                .isEmpty();
    }

    @Test
    void gives_back_what_was_inserted() {
        Run run = run(id(), "key");
        in(runs -> runs.insert(List.of(withInput(run))));
        assertThat(this.<Optional<Run>>in(runs -> runs.find(run.id()))).contains(run);
        assertThat(this.<List<Run>>in(runs -> runs.lock(List.of(run.id())))).containsExactly(run);
        assertThat(this.<Optional<RunWithInput>>in(runs -> runs.findWithInput(run.id())))
                .as("every digit of its input")
                .contains(withInput(run));
    }

    @Test
    void keeps_the_input_of_what_moves_into_the_history_and_back() {
        Run run = insert(run(id(), null));
        update(run.as(RunStatus.FAILED, "why", NOW));
        assertThat(finishedWithInput(run)).contains(withInput(run.as(RunStatus.FAILED, "why", NOW)));
        in(runs -> runs.revive(Map.of(run.id(), NOW), NOW));
        assertThat(this.<Optional<RunWithInput>>in(runs -> runs.findWithInput(run.id())))
                .contains(withInput(run));
    }

    @Test
    void fails_a_run_whatever_else_its_row_holds() {
        Run run = insert(run(id(), "poison"));
        Jdbi.create(POSTGRES.dataSource())
                .useHandle(handle -> handle.execute("UPDATE run SET timezone = 'Moon/Far' WHERE id = ?", run.id()));
        assertThat(this.<Boolean>in(runs -> runs.fail(run.id(), "why", NOW))).isTrue();
        assertThat(this.<Boolean>in(runs -> runs.fail(run.id(), "why", NOW))).isFalse();
        Jdbi.create(POSTGRES.dataSource())
                .useHandle(handle -> handle.execute("UPDATE run_history SET timezone = NULL WHERE id = ?", run.id()));
        assertThat(finishedWithInput(run)).contains(withInput(run.as(RunStatus.FAILED, "why", NOW)));
        assertThat(this.<Map<String, KeyHolder>>in(runs -> runs.findByKeys(run.workflowId(), List.of("poison"))))
                .as("its key is its own still")
                .isEqualTo(Map.of("poison", new KeyHolder(run.id(), NOW)));
    }

    private Optional<RunWithInput> finishedWithInput(Run run) {
        return in(runs -> runs.findFinishedWithInput(run.id(), Days.of(NOW)));
    }

    @Test
    void ends_a_page_early_where_inputs_are_large() {
        UUID workflow = id();
        JsonText large = JsonText.parse("[\"" + "ğ".repeat(250_000) + "\"]");
        List<UUID> ids = new ArrayList<>();
        for (int i = 0; i < 40; i++) {
            Run run = run(workflow, null);
            ids.add(0, run.id());
            in(runs -> runs.insert(List.of(new RunWithInput(run, large))));
        }
        List<UUID> listed = new ArrayList<>();
        Cursor cursor = null;
        int pages = 0;
        do {
            PageRequest request = new PageRequest(500, cursor);
            Page<RunWithInput> page = lists().list(RunFilter.of(workflow, null, null), request);
            assertThat(page.items())
                    .hasSizeBetween(1, 17)
                    .extracting(RunWithInput::input)
                    .containsOnly(large);
            page.items().forEach(one -> listed.add(one.run().id()));
            cursor = page.next();
            pages++;
        } while (cursor != null);
        assertThat(listed).isEqualTo(ids);
        assertThat(pages).isEqualTo(3);
    }

    @Test
    void keeps_keys_apart_by_workflow_and_unique_within_one_also_in_the_history() {
        UUID workflow = id();
        Run first = run(workflow, "key");
        Run elsewhere = run(id(), "key");
        assertThat(this.<Set<UUID>>in(runs -> runs.insert(List.of(withInput(first), withInput(elsewhere)))))
                .hasSize(2);
        assertThat(this.<Set<UUID>>in(runs -> runs.insert(List.of(withInput(run(workflow, "key"))))))
                .isEmpty();
        update(first.as(RunStatus.COMPLETED, null, NOW));
        assertThat(this.<Set<UUID>>in(runs -> runs.insert(List.of(withInput(run(workflow, "key"))))))
                .isEmpty();
        assertThat(this.<Map<String, KeyHolder>>in(runs -> runs.findByKeys(workflow, List.of("key", "another"))))
                .isEqualTo(Map.of("key", new KeyHolder(first.id(), NOW)));
    }

    @Test
    void puts_a_run_that_is_over_at_once_into_the_history() {
        Run over = run(id(), "key").as(RunStatus.COMPLETED, null, NOW);
        assertThat(this.<Set<UUID>>in(runs -> runs.insert(List.of(withInput(over)))))
                .containsExactly(over.id());
        assertThat(this.<Optional<Run>>in(runs -> runs.findFinished(over.id(), Days.of(NOW))))
                .contains(over);
        assertThat(this.<List<Run>>in(runs -> runs.lock(List.of(over.id())))).isEmpty();
    }

    @Test
    void revives_only_a_failed_run() {
        Run failed = insert(run(id(), null));
        update(failed.as(RunStatus.FAILED, "why", NOW));
        Run completed = insert(run(id(), null));
        update(completed.as(RunStatus.COMPLETED, null, NOW));
        assertThat(this.<Set<UUID>>in(runs -> runs.revive(Map.of(failed.id(), NOW, completed.id(), NOW), NOW)))
                .containsExactly(failed.id());
        assertThat(this.<Optional<Run>>in(runs -> runs.find(failed.id()))).contains(failed);
    }

    @Test
    void lists_by_workflow_status_and_key() {
        UUID workflow = id();
        Run active = insert(run(workflow, "a-" + workflow));
        Run done = insert(run(workflow, null));
        update(done.as(RunStatus.COMPLETED, null, NOW));
        assertThat(list(RunFilter.of(workflow, null, null))).containsExactly(done.id(), active.id());
        assertThat(list(RunFilter.of(workflow, RunStatus.ACTIVE, null))).containsExactly(active.id());
        assertThat(list(RunFilter.of(null, null, active.key()))).containsExactly(active.id());
    }

    @Test
    void finds_the_runs_that_go_by_an_older_version() {
        UUID workflow = id();
        Run one = insert(run(workflow, null));
        Run two = insert(run(workflow, null));
        assertThat(this.<List<Run>>in(runs -> runs.behind(workflow, 2, null, 1).runs()))
                .containsExactly(one);
        assertThat(this.<List<Run>>in(
                        runs -> runs.behind(workflow, 2, one.id(), 9).runs()))
                .containsExactly(two);
        changeVersion(two.goingBy(2, List.of()));
        assertThat(this.<List<Run>>in(runs -> runs.behind(workflow, 2, null, 9).runs()))
                .containsExactly(one);
    }

    @Test
    void keeps_what_a_run_has_passed_also_in_the_history_until_its_next_version() {
        List<UUID> passed = List.of(id(), id(), id());
        Run run = insert(run(id(), null));
        Run other = insert(run(id(), null));
        Run moved = run.goingBy(7, passed);
        in(runs -> {
            runs.changeVersions(List.of(moved, other.goingBy(8, List.of())));
            return true;
        });
        assertThat(this.<List<Run>>in(runs -> runs.lock(List.of(run.id(), other.id()))))
                .containsExactlyInAnyOrder(moved, other.goingBy(8, List.of()));
        Run next = moved.at(id(), id(), NOW);
        update(next);
        assertThat(this.<Optional<Run>>in(runs -> runs.find(run.id()))).contains(next);
        update(next.as(RunStatus.FAILED, "why", NOW));
        assertThat(this.<Optional<Run>>in(runs -> runs.findFinished(run.id(), Days.of(NOW))))
                .contains(next.as(RunStatus.FAILED, "why", NOW));
        in(runs -> runs.revive(Map.of(run.id(), NOW), NOW));
        assertThat(this.<Optional<Run>>in(runs -> runs.find(run.id()))).contains(next);
        in(runs -> runs.fail(run.id(), "why", NOW));
        assertThat(this.<Optional<Run>>in(runs -> runs.findFinished(run.id(), Days.of(NOW))))
                .contains(next.as(RunStatus.FAILED, "why", NOW));
        in(runs -> runs.revive(Map.of(run.id(), NOW), NOW));
        changeVersion(next.goingBy(9, List.of()));
        assertThat(this.<Optional<Run>>in(runs -> runs.find(run.id()))).contains(next.goingBy(9, List.of()));
    }

    @Test
    void keeps_every_version_of_a_workflow() {
        Workflow first = new Workflow(id(), 1, "one", null, ZoneId.of("Asia/Kathmandu"), List.of(), NOW, NOW, null);
        Workflow second = new Workflow(first.id(), 2, "two", "text", null, List.of(), NOW, NOW.plusSeconds(1), null);
        database.inTransaction(session -> {
            session.workflows().insert(first);
            assertThat(session.workflows().insertVersion(second)).isTrue();
            assertThat(session.workflows().insertVersion(second)).isFalse();
            assertThat(session.workflows().find(first.id())).contains(second);
            assertThat(session.workflows().find(first.id(), 1)).contains(first);
            assertThat(session.workflows()
                            .list(WorkflowStore.Filter.CURRENT, new PageRequest(500, null))
                            .items())
                    .contains(second);
            assertThat(session.workflows().archive(first.id(), 1, NOW)).isFalse();
            assertThat(session.workflows().archive(first.id(), 2, NOW)).isTrue();
            assertThat(session.workflows()
                            .list(WorkflowStore.Filter.CURRENT, new PageRequest(500, null))
                            .items())
                    .extracting(Workflow::id)
                    .doesNotContain(first.id());
            return true;
        });
    }

    private List<UUID> list(RunFilter filter) {
        return lists().list(filter, new PageRequest(50, null)).items().stream()
                .map(one -> one.run().id())
                .toList();
    }

    private Run insert(Run run) {
        in(runs -> runs.insert(List.of(withInput(run))));
        return run;
    }

    private void changeVersion(Run run) {
        in(runs -> {
            runs.changeVersions(List.of(run));
            return true;
        });
    }

    private void update(Run run) {
        in(runs -> {
            runs.update(List.of(run));
            return true;
        });
    }

    private RunLists lists() {
        return new RunLists(database, InstantSource.system());
    }

    private <T> T in(Function<RunStore, T> work) {
        return database.inTransaction(session -> work.apply(session.runs()));
    }
}
