package dev.bide.engine.figures;

import static dev.bide.engine.EngineNode.action;
import static dev.bide.engine.EngineNode.draft;
import static dev.bide.engine.EngineNode.seconds;
import static dev.bide.engine.EngineNode.task;
import static dev.bide.engine.EngineNode.timer;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.awaitility.Awaitility.await;

import dev.bide.engine.Asked;
import dev.bide.engine.Databases;
import dev.bide.engine.EngineNode;
import dev.bide.persistence.JdbiDatabase;
import dev.bide.testing.Outage;
import dev.bide.testing.PostgresExtension;
import dev.bide.testing.StubThirdParty;
import dev.bide.workflow.JsonText;
import dev.bide.workflow.RunDraft;
import dev.bide.workflow.Workflow;
import dev.bide.workflow.figures.FigureStore.Node;
import dev.bide.workflow.figures.Stats;
import dev.bide.workflow.store.Database;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Two nodes, whose figures are held against what the third party got. */
class FiguresIT {
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    @RegisterExtension
    static final PostgresExtension POSTGRES = new PostgresExtension();

    @RegisterExtension
    final StubThirdParty thirdParty = new StubThirdParty();

    private final Outage outage = new Outage();
    private EngineNode one;
    private EngineNode other;
    private long finishedBefore;

    @BeforeEach
    void start() throws Exception {
        POSTGRES.sql().execute("TRUNCATE node, node_figures, cluster_figures, cluster_minute, warning");
        finishedBefore = finished();
        DataSource source = POSTGRES.dataSource();
        one = EngineNode.on(source).worker().scheduler().start();
        Database database = new JdbiDatabase(source);
        // It alone can't write its figures when that is so: what it fires goes by other connections.
        Database upkeep = new JdbiDatabase(outage.apply(source));
        other = EngineNode.on(new Databases(database, database, database, upkeep, source, source))
                .worker()
                .start();
    }

    @AfterEach
    void stop() {
        one.close();
        other.close();
    }

    @Test
    void figures_add_up_to_what_was_stored_and_called() {
        thirdParty.answer((path, attempt) -> switch (path) {
            case "/bad" -> 400;
            case "/later" -> attempt == 1 ? 503 : 200;
            default -> 200;
        });
        Workflow workflow = one.engine
                .workflows()
                .create(draft(
                        task("first", seconds(0), action(thirdParty.url("/task"))),
                        task("second", seconds(0), action(thirdParty.url("/task")))));
        for (int i = 0; i < 5; i++) {
            store(one, "one" + i, "/good");
            store(other, "other" + i, "/later");
        }
        store(one, "one0", "/good");
        store(other, "bad", "/bad");
        one.engine
                .timers()
                .createAll(IntStream.range(0, 20)
                        .mapToObj(i -> Asked.of(timer("bulk" + i, 0, thirdParty.url("/good"))))
                        .toList());
        other.engine
                .runs()
                .start(workflow.id(), new RunDraft("run", null, JsonText.EMPTY_OBJECT))
                .join();
        one.engine
                .runs()
                .startAll(
                        workflow.id(),
                        Collections.nCopies(3, Asked.of(new RunDraft(null, null, JsonText.EMPTY_OBJECT))));
        awaitFinished(31 + 8);

        writeLast();

        // 31 timers, and the first ones of four runs; five attempts were repeated.
        assertThat(sum("accepted")).isEqualTo(31 + 4);
        assertThat(sum("delivered")).isEqualTo(30 + 8);
        assertThat(sum("retried")).isEqualTo(5);
        assertThat(sum("dead")).isEqualTo(1);
        assertThat(sum("firsts")).isEqualTo(31 + 8);
        assertThat(sum("on_time")).isBetween(1L, 31L + 8);
        assertThat(POSTGRES.sql().number("SELECT sum(bucket) FROM node_figures CROSS JOIN unnest(lateness) AS bucket"))
                .isEqualTo(31 + 8);
        assertThat(thirdParty.calls().values().stream().mapToInt(List::size).sum())
                .isEqualTo(31 + 8 + 5);

        Stats stats = one.engine.cluster().stats();
        double seconds = stats.window().toSeconds();
        assertThat(stats.perSecond().accepted() * seconds).isCloseTo(31 + 4, within(0.1));
        assertThat(stats.perSecond().delivered() * seconds).isCloseTo(30 + 8, within(0.1));
        assertThat(stats.perSecond().retried() * seconds).isCloseTo(5, within(0.1));
        assertThat(stats.perSecond().dead() * seconds).isCloseTo(1, within(0.1));
        assertThat(stats.latenessMillis().p50())
                .isNotNull()
                .isLessThanOrEqualTo(stats.latenessMillis().p99());
        assertThat(stats.onTimeShare()).isBetween(0.0, 1.0);
    }

    @Test
    void the_nodes_are_seen_and_one_that_stops_by_itself_is_gone() {
        assertThat(awaitNodes(2)).extracting(Node::roles).anySatisfy(roles -> assertThat(roles)
                .containsExactlyInAnyOrder("api", "scheduler", "worker"));
        other.close();
        assertThat(awaitNodes(1).get(0).roles()).contains("scheduler");
    }

    @Test
    void a_node_that_dies_is_still_seen_and_only_what_it_had_not_written_is_lost() {
        awaitNodes(2);
        store(other, "a", "/good");
        awaitFinished(1);
        other.figures().write(true);
        outage.begin();
        store(other, "b", "/good");
        awaitFinished(2);
        other.close();
        one.figures().write(true);
        one.figures().write(false);

        assertThat(one.engine.cluster().nodes()).hasSize(2);
        assertThat(sum("accepted")).isOne();
        assertThat(thirdParty.calls()).hasSize(2);
    }

    @Test
    void a_node_that_can_not_write_keeps_its_sums_and_writes_them_when_it_can() throws Exception {
        awaitNodes(2);
        try (Connection connection = POSTGRES.dataSource().getConnection();
                Statement statement = connection.createStatement()) {
            connection.setAutoCommit(false);
            statement.execute("LOCK TABLE node_figures IN EXCLUSIVE MODE");
            store(other, "held", "/good");
            awaitFinished(1);
            assertThatThrownBy(() -> other.figures().write(true)).hasStackTraceContaining("lock timeout");
            assertThatThrownBy(() -> other.figures().write(true)).hasStackTraceContaining("lock timeout");
            connection.rollback();
        }
        store(other, "free", "/good");
        awaitFinished(2);
        outage.begin();
        assertThatThrownBy(() -> other.figures().write(true)).hasStackTraceContaining("refused");
        outage.end();

        writeLast();
        // What was tried before is sent again as it was; this is what came after it.
        writeLast();

        assertThat(sum("accepted")).isEqualTo(2);
        assertThat(sum("delivered")).isEqualTo(2);
    }

    @Test
    void what_waits_is_counted_for_all_every_ten_seconds() {
        store(one, "waits", "/good", 3_600);
        await().atMost(PATIENCE)
                .until(() -> POSTGRES.sql().number("SELECT count(*) FROM cluster_figures") >= 1
                        && one.engine.cluster().counted().counts().scheduled().count() == 1);
        assertThat(other.engine.cluster().counted().due()).isZero();
    }

    private void store(EngineNode node, String key, String path) {
        store(node, key, path, 0);
    }

    private void store(EngineNode node, String key, String path, int seconds) {
        node.engine
                .timers()
                .create(Asked.of(timer(key, seconds, thirdParty.url(path))), null)
                .join();
    }

    private void awaitFinished(long timers) {
        await().atMost(PATIENCE).until(() -> finished() - finishedBefore == timers);
    }

    private static long finished() {
        return POSTGRES.sql().number("SELECT count(*) FROM timer_history");
    }

    private List<Node> awaitNodes(int count) {
        return await().atMost(PATIENCE).until(() -> one.engine.cluster().nodes(), nodes -> nodes.size() == count);
    }

    private void writeLast() {
        one.figures().write(true);
        other.figures().write(true);
    }

    private static long sum(String column) {
        return POSTGRES.sql().number("SELECT coalesce(sum(" + column + "), 0) FROM node_figures");
    }
}
