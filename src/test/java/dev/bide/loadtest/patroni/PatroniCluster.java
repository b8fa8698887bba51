package dev.bide.loadtest.patroni;

import dev.bide.testing.Part;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/** Three database nodes, the etcd that says which of them is the primary, and a HAProxy that leads to it. */
public final class PatroniCluster implements AutoCloseable {
    private static final int NODES = 3;
    private static final Duration PATIENCE = Duration.ofSeconds(120);

    /**
     * A primary that has not renewed its lease for {@code ttl} is replaced; Patroni's own default is 30 s. {@code loop_wait + 2 * retry_timeout} must not be above it. A standby
     * that is gone without a word is waited for as long as {@code wal_sender_timeout}, by default a minute.
     */
    private static final String SETTINGS = """
            ttl: 8
            loop_wait: 2
            retry_timeout: 3
            maximum_lag_on_failover: 67108864
            synchronous_mode: %1$s
            synchronous_mode_strict: %1$s
            failsafe_mode: true
            postgresql:
              use_pg_rewind: true
              use_slots: true
              parameters:
                max_connections: 200
                shared_buffers: 128MB
                max_wal_size: 512MB
                wal_keep_size: 256MB
                wal_sender_timeout: 5s
                wal_receiver_timeout: 5s
                autovacuum_naptime: 5s
                log_line_prefix: "%%m [%%p] %%a "
            """;

    private static final String PROXY = """
            defaults
              mode tcp
              timeout connect 2s
              timeout client 30m
              timeout server 30m
            listen primary
              bind 127.0.0.1:%d
              option httpchk GET /primary
              http-check expect status 200
              default-server inter 1s fall 2 rise 1 on-marked-down shutdown-sessions
            %s
            """;

    private final Network network;
    private final Programs programs;
    private final Path data;
    private final Path logs;
    private final int etcdPort;
    private final int etcdPeerPort;
    private final int proxyPort;
    private final List<PatroniNode> nodes = new ArrayList<>();
    private int etcdStarts;
    private Optional<Part> etcd = Optional.empty();
    private Optional<Part> proxy = Optional.empty();

    /** Starts nothing yet. */
    public PatroniCluster(Network network, Programs programs, Path data, Path logs) throws IOException {
        this.network = network;
        this.programs = programs;
        this.data = data;
        this.logs = logs;
        this.etcdPort = Network.freePort();
        this.etcdPeerPort = Network.freePort();
        this.proxyPort = Network.freePort();
    }

    /**
     * Returns once there are a primary and its standbys, and the database {@code bide}.
     *
     * @param synchronous whether a commit waits for a standby
     */
    public void begin(boolean synchronous) throws IOException, InterruptedException {
        // Before etcd does, which keeps others out.
        Files.createDirectories(data);
        startEtcd();
        for (int number = 1; number <= NODES; number++) {
            PatroniNode node = new PatroniNode(
                    number,
                    network,
                    programs,
                    data.resolve("pg" + number),
                    logs,
                    network.address() + ":" + etcdPort,
                    SETTINGS.formatted(synchronous));
            nodes.add(node);
            node.start();
        }
        awaitWhole(synchronous);
        try (Connection connection = connect("postgres");
                Statement statement = connection.createStatement()) {
            statement.execute("CREATE ROLE bide LOGIN");
            statement.execute("CREATE DATABASE bide OWNER bide");
        } catch (SQLException e) {
            throw new IOException("cannot make the database", e);
        }
    }

    private void startEtcd() throws IOException, InterruptedException {
        String url = "http://" + network.address() + ":" + etcdPort;
        String peer = "http://127.0.0.1:" + etcdPeerPort;
        etcdStarts++;
        etcd = Optional.of(Part.start(
                "etcd",
                logs.resolve("etcd-" + etcdStarts + ".log"),
                Map.of("ETCD_UNSUPPORTED_ARCH", "arm64"), // which etcd 3.4 asks for there
                List.of(
                        programs.etcd().toString(),
                        "--name=etcd",
                        "--enable-v2=true",
                        "--data-dir=" + data.resolve("etcd"),
                        "--listen-client-urls=" + url,
                        "--advertise-client-urls=" + url,
                        "--listen-peer-urls=" + peer,
                        "--initial-advertise-peer-urls=" + peer,
                        "--initial-cluster=etcd=" + peer)));
    }

    /** Ends etcd, and starts it again after {@code pause}. */
    public void restartEtcd(Duration pause) throws IOException, InterruptedException {
        etcd.orElseThrow().close();
        TimeUnit.MILLISECONDS.sleep(pause.toMillis());
        startEtcd();
    }

    /** Starts the proxy; gives the url that leads through it. */
    public String proxied() throws IOException {
        String servers = nodes.stream()
                .map(node -> "  server " + node.name() + " " + node.server() + " check port " + node.restPort())
                .collect(Collectors.joining("\n"));
        Path configuration = data.resolve("haproxy.cfg");
        Files.writeString(configuration, PROXY.formatted(proxyPort, servers));
        proxy = Optional.of(Part.start(
                "haproxy",
                logs.resolve("haproxy.log"),
                Map.of(),
                List.of(programs.haproxy().toString(), "-db", "-f", configuration.toString())));
        return "jdbc:postgresql://127.0.0.1:" + proxyPort + "/bide?user=bide";
    }

    /** For the service's nodes: an ordinary role that owns the database. */
    public String jdbcUrl() {
        return url("bide", "bide");
    }

    private String url(String database, String user) {
        return "jdbc:postgresql://" + nodes.stream().map(PatroniNode::server).collect(Collectors.joining(",")) + "/"
                + database + "?user=" + user + "&targetServerType=primary";
    }

    /** A session of the superuser on whatever is primary; gives up after some seconds. */
    public Connection connect() throws SQLException {
        return connect("bide");
    }

    private Connection connect(String database) throws SQLException {
        return DriverManager.getConnection(
                url(database, "postgres") + "&connectTimeout=2&sslmode=disable&socketTimeout=15&loginTimeout=8");
    }

    /** The same on this node, whatever it is. */
    public Connection connect(PatroniNode node) throws SQLException {
        return DriverManager.getConnection("jdbc:postgresql://" + node.server()
                + "/bide?user=postgres&connectTimeout=2&sslmode=disable&socketTimeout=5");
    }

    public Network network() {
        return network;
    }

    public Optional<PatroniNode> primary() throws InterruptedException {
        return first("primary");
    }

    /** The one that commits wait for, or any where they wait for none. */
    public Optional<PatroniNode> standby() throws InterruptedException {
        Optional<PatroniNode> synchronous = first("synchronous");
        return synchronous.isPresent() ? synchronous : first("replica");
    }

    private Optional<PatroniNode> first(String what) throws InterruptedException {
        for (PatroniNode node : nodes) {
            if (node.is(what)) {
                return Optional.of(node);
            }
        }
        return Optional.empty();
    }

    /** Whether there are a primary and two standbys that follow it. */
    public boolean isWhole(boolean synchronous) throws InterruptedException {
        int replicas = 0;
        for (PatroniNode node : nodes) {
            replicas += node.is("replica") ? 1 : 0;
        }
        return replicas == NODES - 1
                && primary().isPresent()
                && (!synchronous || first("synchronous").isPresent());
    }

    private void awaitWhole(boolean synchronous) throws IOException, InterruptedException {
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (!isWhole(synchronous)) {
            if (System.nanoTime() > end || !nodes.stream().allMatch(PatroniNode::alive)) {
                throw new IOException("the database nodes do not come up; see " + logs);
            }
            TimeUnit.MILLISECONDS.sleep(300);
        }
    }

    /** Has another node take over, in good order; returns once Patroni says that it has. */
    public void switchOver(PatroniNode from) throws IOException, InterruptedException {
        Path output = logs.resolve("patronictl.log");
        int status = new ProcessBuilder(
                        programs.patronictl().toString(),
                        "-c",
                        from.configuration().toString(),
                        "switchover",
                        "bide",
                        "--leader",
                        from.name(),
                        "--force")
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start()
                .waitFor();
        if (status != 0) {
            throw new IOException("patronictl switchover: " + Files.readString(output));
        }
    }

    @Override
    public void close() throws IOException, InterruptedException {
        if (proxy.isPresent()) {
            proxy.get().close();
        }
        for (PatroniNode node : nodes) {
            node.close();
        }
        if (etcd.isPresent()) {
            etcd.get().close();
        }
    }
}
