package dev.bide.engine;

import static dev.bide.engine.EngineNode.action;
import static dev.bide.engine.EngineNode.seconds;
import static dev.bide.engine.EngineNode.task;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;
import static org.awaitility.Awaitility.await;

import dev.bide.json.InvalidException;
import dev.bide.testing.StubThirdParty;
import dev.bide.workflow.Timer;
import dev.bide.workflow.TimerStatus;
import dev.bide.workflow.Workflow;
import dev.bide.workflow.figures.DeadStore;
import dev.bide.workflow.figures.DeadStore.DeadFilter;
import dev.bide.workflow.figures.DeadStore.DeadTimer;
import dev.bide.workflow.figures.Look;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class ProblemsIT {
    @RegisterExtension
    static EngineExtension node = EngineExtension.worker();

    @RegisterExtension
    final StubThirdParty one = new StubThirdParty();

    @RegisterExtension
    final StubThirdParty other = new StubThirdParty();

    @AfterEach
    void dead_timers_and_their_rows_are_the_same() {
        node.requireEachDeadTimerOnce();
    }

    @Test
    void those_that_died_alike_are_one_group() {
        for (StubThirdParty party : List.of(one, other)) {
            party.answer((path, attempt) -> path.startsWith("/gone") ? 404 : path.startsWith("/bad") ? 422 : 500);
            party.text((path, attempt) -> path.startsWith("/bad") ? "No customer " + path.substring(4) : "");
        }
        List<UUID> bad =
                IntStream.range(0, 5).mapToObj(i -> timer(one.url("/bad" + i))).toList();
        timer(one.url("/gone"));
        timer(one.url("/broken"));
        timer(other.url("/bad7"));
        timer(other.url("/gone1"));
        timer(other.url("/gone2"));
        timer(other.url("/broken"));
        Workflow workflow = node.workflow(task("t", seconds(0), action(one.url("/bad99"))));
        node.startAll(workflow, 2);
        await().atMost(Duration.ofSeconds(30)).until(() -> dead() == 13);
        DeadStore.Groups all = groups(new DeadFilter(null, Set.of(), null, null));
        assertThat(all.looked()).isEqualTo(13);
        assertThat(all.groups())
                .extracting(
                        group -> group.death().host(),
                        group -> group.death().outcome(),
                        group -> group.death().httpStatus(),
                        group -> group.death().text(),
                        DeadStore.Group::count)
                .containsExactlyInAnyOrder(
                        tuple(host(one), "refused", 422, "No customer {n}", 7L),
                        tuple(host(one), "refused", 404, "answer 404", 1L),
                        tuple(host(one), "failed", 500, "answer 500", 1L),
                        tuple(host(other), "refused", 422, "No customer {n}", 1L),
                        tuple(host(other), "refused", 404, "answer 404", 2L),
                        tuple(host(other), "failed", 500, "answer 500", 1L));
        DeadStore.Group largest = all.groups().get(0);
        assertThat(largest.count()).as("largest first").isEqualTo(7);
        assertThat(largest.workflowIds()).containsExactly(workflow.id());
        assertThat(largest.samples()).hasSize(3).doesNotHaveDuplicates();
        assertThat(largest.first()).isBeforeOrEqualTo(largest.last());
        assertThat(node.engine.timers().get(bad.get(0)).status()).isEqualTo(TimerStatus.DEAD);

        Problems.Found ofWorkflow = node.engine.problems().find(workflow.id(), null);
        assertThat(ofWorkflow.complete()).isTrue();
        assertThat(ofWorkflow.groups().matching()).isEqualTo(2);
        assertThat(ofWorkflow.groups().groups())
                .extracting(DeadStore.Group::count)
                .containsExactly(2L);
        assertThat(ofWorkflow.groups().groups().get(0).death().problem())
                .isEqualTo(largest.death().problem());
        Problems.Found ofHost = node.engine.problems().find(null, host(other));
        assertThat(ofHost.groups().groups())
                .hasSize(3)
                .allSatisfy(group -> assertThat(group.death().host()).isEqualTo(host(other)));
        assertThat(node.engine.problems().find(null, "127.0.0.1").groups().groups())
                .as("its ports 443 and 80")
                .isEmpty();
        assertThatThrownBy(() -> node.engine.problems().find(null, "no host")).isInstanceOf(InvalidException.class);
    }

    /** Oldest first, in pages, with what matches few of them. */
    @Test
    void the_dead_are_walked_in_the_order_of_their_deaths() {
        one.answer((path, attempt) -> 404);
        other.answer((path, attempt) -> 404);
        Workflow workflow = node.workflow(task("t", seconds(0), action(one.url("/t"))));
        long before = dead();
        node.startAll(workflow, 9);
        IntStream.range(0, 4).forEach(i -> timer(other.url("/o")));
        await().atMost(Duration.ofSeconds(30)).until(() -> dead() == before + 13);
        DeadFilter ofWorkflow = new DeadFilter(null, Set.of(), workflow.id(), null);
        List<DeadStore.DeadTimer> oldest = walk(ofWorkflow);
        assertThat(oldest).hasSize(9).isSortedAccordingTo((a, b) -> a.finishedAt()
                .compareTo(b.finishedAt()));
        Timer first = node.engine.timers().get(oldest.get(0).id());
        DeadFilter ofRun =
                new DeadFilter(null, Set.of(), null, null, first.owner().runId(), null, null);
        assertThat(walk(ofRun)).containsExactly(oldest.get(0));
        DeadFilter none = new DeadFilter(
                null, Set.of(), workflow.id(), null, null, null, first.dueAt().minusSeconds(60));
        assertThat(walk(none)).isEmpty();
    }

    private static List<DeadStore.DeadTimer> walk(DeadFilter filter) {
        List<DeadStore.DeadTimer> found = new ArrayList<>();
        DeadStore.DeadTimer at = null;
        Look<DeadTimer, DeadTimer> look;
        do {
            DeadStore.DeadTimer from = at;
            look = node.database.inTransaction(
                    session -> session.dead().oldest(filter, Instant.now().plusSeconds(60), from, 5, 2));
            assertThat(look.matching().size()).isLessThanOrEqualTo(2);
            found.addAll(look.matching());
            at = look.last();
        } while (!look.over());
        return found;
    }

    private static DeadStore.Groups groups(DeadFilter filter) {
        return node.database.inTransaction(session -> session.dead().groups(filter, 10_000));
    }

    private static UUID timer(String url) {
        return node.engine
                .timers()
                .create(EngineNode.timer(null, 0, url))
                .join()
                .value()
                .id();
    }

    private static String host(StubThirdParty party) {
        return URI.create(party.url("/")).getAuthority();
    }

    private static long dead() {
        return node.postgres().sql().number("SELECT count(*) FROM timer_history WHERE status = 'dead'");
    }
}
