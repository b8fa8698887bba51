package dev.bide.http;

import dev.bide.engine.EngineNode;
import dev.bide.testing.PostgresExtension;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import javax.sql.DataSource;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/** The contract on a real server, before the real engine on a database of its own, for all tests of a class. */
final class ApiExtension implements BeforeAllCallback, AfterAllCallback {
    private final PostgresExtension postgres = new PostgresExtension();
    private final boolean worker;
    private final UnaryOperator<DataSource> way;
    private final List<TestServer> servers = new ArrayList<>();
    private final List<EngineNode> nodes = new ArrayList<>();

    private ApiExtension(boolean worker, UnaryOperator<DataSource> way) {
        this.worker = worker;
        this.way = way;
        server();
    }

    /** A node that stores and changes, but fires nothing. */
    static ApiExtension api() {
        return new ApiExtension(false, UnaryOperator.identity());
    }

    /** The same, whose connections come by {@code way}. */
    static ApiExtension api(UnaryOperator<DataSource> way) {
        return new ApiExtension(false, way);
    }

    /** A node that fires timers too. */
    static ApiExtension worker() {
        return new ApiExtension(true, UnaryOperator.identity());
    }

    PostgresExtension postgres() {
        return postgres;
    }

    /** The first of its servers. */
    TestServer server() {
        return servers.isEmpty() ? another() : servers.get(0);
    }

    /** One more server on the same database, with an engine of its own. */
    TestServer another(String... keys) {
        TestServer server = new TestServer(this::services, keys);
        servers.add(server);
        return server;
    }

    private Api.Services services() throws Exception {
        DataSource source = way.apply(postgres.dataSource());
        EngineNode node = worker ? EngineNode.worker(source) : EngineNode.api(source);
        nodes.add(node);
        return new Api.Services(
                node.engine.workflows(),
                node.engine.runs(),
                node.engine.timers(),
                node.engine.operations(),
                node.engine.problems(),
                node.engine.simulator(),
                node.engine.actionTrials(),
                node.engine.cluster(),
                node.engine.destinations(),
                node.engine.channels(),
                () -> new Health.Report(true, Map.of("nodeId", "node-1", "roles", "api", "version", "test")),
                InstantSource.system());
    }

    @Override
    public void beforeAll(ExtensionContext context) throws Exception {
        postgres.beforeAll(context);
        for (TestServer server : servers) {
            server.beforeAll(context);
        }
    }

    @Override
    public void afterAll(ExtensionContext context) throws Exception {
        servers.forEach(server -> server.afterAll(context));
        nodes.forEach(EngineNode::close);
        postgres.afterAll(context);
    }
}
