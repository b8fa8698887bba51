package dev.bide.engine;

import static dev.bide.engine.EngineNode.action;
import static dev.bide.engine.EngineNode.seconds;
import static dev.bide.engine.EngineNode.task;
import static dev.bide.engine.EngineNode.timer;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.bide.jobstore.DatabaseFault;
import dev.bide.testing.PostgresExtension;
import dev.bide.workflow.Ids;
import dev.bide.workflow.JsonText;
import dev.bide.workflow.Refusal;
import dev.bide.workflow.RefusedException;
import dev.bide.workflow.RunDraft;
import dev.bide.workflow.Timer;
import dev.bide.workflow.TimerDraft;
import dev.bide.workflow.Workflow;
import java.time.Instant;
import java.time.ZoneId;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.postgresql.ds.PGSimpleDataSource;

/** What those feel that need a lock which somebody slow or frozen holds, and what the others feel of it: nothing. */
class HeldLocksIT {
    @RegisterExtension
    static EngineExtension node = EngineExtension.of(HeldLocksIT::start);

    private static final PostgresExtension POSTGRES = node.postgres();

    private static final String URL = "http://127.0.0.1:9/";

    /** Waits for locks no longer than the connections for new timers and runs do. */
    private static EngineNode start(PostgresExtension postgres) throws Exception {
        PGSimpleDataSource source = new PGSimpleDataSource();
        source.setUrl(postgres.jdbcUrl());
        source.setUser(postgres.user());
        source.setOptions("-c lock_timeout=100");
        return EngineNode.api(source);
    }

    @Test
    void runs_of_other_workflows_start_while_one_is_held() {
        Workflow held = workflow();
        Workflow other = workflow();
        List<CompletableFuture<Accepted<RunView>>> ofHeld = whileHolding(held, () -> {
            List<CompletableFuture<Accepted<RunView>>> started = IntStream.range(0, 100)
                    .mapToObj(i -> start(i % 2 == 0 ? held : other, null))
                    .toList();
            for (int i = 1; i < 100; i += 2) {
                assertThat(started.get(i).join().created()).isTrue();
            }
            return IntStream.range(0, 50).mapToObj(i -> started.get(2 * i)).toList();
        });
        assertThat(ofHeld).allMatch(run -> run.join().created());
    }

    @Test
    void a_workflow_that_is_held_for_a_moment_refuses_no_run() {
        Workflow held = workflow();
        CompletableFuture<Accepted<RunView>> run = whileHolding(held, () -> {
            CompletableFuture<Accepted<RunView>> started = start(held, null);
            assertThatThrownBy(() -> started.get(500, TimeUnit.MILLISECONDS)).isInstanceOf(TimeoutException.class);
            return started;
        });
        assertThat(run.join().created()).isTrue();
    }

    @Test
    void a_workflow_that_is_held_for_long_refuses_its_runs_but_finds_those_that_are_there() {
        Workflow held = workflow();
        UUID before = start(held, "there").join().value().run().id();
        whileHolding(held, () -> {
            CompletableFuture<Accepted<RunView>> refused = start(held, null);
            assertThat(start(held, "there").join().value().run().id()).isEqualTo(before);
            assertThatThrownBy(refused::join).cause().isInstanceOfSatisfying(RefusedException.class, e -> assertThat(
                            e.refusal().reason())
                    .isEqualTo(Refusal.Reason.AWAY));
            return refused;
        });
    }

    @Test
    void many_runs_of_a_workflow_wait_for_who_holds_it() {
        Workflow held = workflow();
        List<RunDraft> drafts = Stream.generate(() -> new RunDraft(null, null, JsonText.EMPTY_OBJECT))
                .limit(1_500)
                .toList();
        CompletableFuture<List<Acceptance<RunView>>> results = whileHolding(held, () -> {
            CompletableFuture<List<Acceptance<RunView>>> started = onAnotherThread(() -> node.engine
                    .runs()
                    .startAll(held.id(), drafts.stream().map(Asked::of).toList()));
            assertThatThrownBy(() -> started.get(500, TimeUnit.MILLISECONDS)).isInstanceOf(TimeoutException.class);
            return started;
        });
        assertThat(results.join()).hasSize(1_500).allMatch(Acceptance.Created.class::isInstance);
        assertThatThrownBy(() -> whileHolding(held, () -> onAnotherThread(() -> node.engine
                                .runs()
                                .startAll(
                                        held.id(),
                                        drafts.stream().map(Asked::of).toList()))
                        .join()))
                .as("nothing is stored, so all may be sent again")
                .satisfies(fault -> assertThat(DatabaseFault.of(fault)).isEqualTo(DatabaseFault.LOCKED));
    }

    @Test
    void timers_are_stored_while_somebody_inserts_the_key_of_one() {
        Timer first = waiting("taken");
        CompletableFuture<Accepted<Timer>> same = node.database.inTransaction(session -> {
            session.timers().insert(List.of(first));
            List<CompletableFuture<Accepted<Timer>>> created = IntStream.range(0, 100)
                    .mapToObj(i -> create(i == 50 ? "taken" : "free " + i))
                    .toList();
            IntStream.range(0, 100)
                    .filter(i -> i != 50)
                    .forEach(i -> assertThat(created.get(i).join().created()).isTrue());
            assertThat(created.get(50)).isNotDone();
            return created.get(50);
        });
        assertThat(same.join().created()).isFalse();
        assertThat(same.join().value().id()).isEqualTo(first.id());
    }

    @Test
    void a_bulk_call_stores_the_others_while_somebody_inserts_the_key_of_one() {
        List<Acceptance<Timer>> results = node.database.inTransaction(session -> {
            session.timers().insert(List.of(waiting("held")));
            List<TimerDraft> drafts = IntStream.range(0, 1_000)
                    .mapToObj(i -> timer(i == 700 ? "held" : null, 3600, URL))
                    .toList();
            return onAnotherThread(() -> node.engine
                            .timers()
                            .createAll(drafts.stream().map(Asked::of).toList()))
                    .join();
        });
        assertThat(results.get(700)).isInstanceOfSatisfying(Acceptance.Refused.class, refused -> assertThat(
                        refused.why().reason())
                .isEqualTo(Refusal.Reason.AWAY));
        assertThat(results.stream().filter(Acceptance.Created.class::isInstance))
                .hasSize(999);
    }

    private static Workflow workflow() {
        return node.workflow(task("one", seconds(3600), action(URL)));
    }

    private static CompletableFuture<Accepted<RunView>> start(Workflow workflow, String key) {
        return node.engine.runs().start(workflow.id(), new RunDraft(key, null, JsonText.EMPTY_OBJECT));
    }

    private static CompletableFuture<Accepted<Timer>> create(String key) {
        return node.engine.timers().create(timer(key, 3600, URL));
    }

    private static Timer waiting(String key) {
        Instant now = Instant.now().truncatedTo(ChronoUnit.MILLIS);
        return Timer.waiting(
                Ids.next(),
                now.plusSeconds(3600),
                now,
                ZoneId.of("UTC"),
                timer(key, 3600, URL).spec(),
                null,
                key);
    }

    /** On this one it would be part of the transaction that holds the lock. */
    private static <T> CompletableFuture<T> onAnotherThread(Supplier<T> work) {
        return CompletableFuture.supplyAsync(work);
    }

    private static <T> T whileHolding(Workflow workflow, Supplier<T> work) {
        return node.database.inTransaction(session -> {
            session.workflows().lock(workflow.id());
            return work.get();
        });
    }
}
