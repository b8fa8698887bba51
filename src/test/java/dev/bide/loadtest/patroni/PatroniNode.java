package dev.bide.loadtest.patroni;

import dev.bide.testing.Part;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** A database node: Patroni, and the PostgreSQL that it looks after. */
public final class PatroniNode implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final Duration ASKED = Duration.ofSeconds(2);

    /**
     * By version 2 of etcd's API: by version 3 a Patroni 3.0.2 that was frozen past its lease writes itself down as leader when it wakes, whoever is leader by then, and what the real one
     * took is lost ({@code Etcd3._update_leader} puts the key without a condition).
     */
    private static final String CONFIGURATION = """
            scope: bide
            name: pg%1$d
            restapi: {listen: "%2$s:%3$d", connect_address: "%2$s:%3$d"}
            etcd: {host: "%4$s"}
            bootstrap:
              dcs:
            %5$s
              initdb: [{encoding: UTF8}, {locale: C}, data-checksums]
            postgresql:
              listen: "%2$s:%6$d"
              connect_address: "%2$s:%6$d"
              data_dir: %7$s/data
              bin_dir: %8$s
              pgpass: %7$s/pgpass
              authentication:
                superuser: {username: postgres, password: none}
                replication: {username: replicator, password: none}
                rewind: {username: rewinder, password: none}
              parameters: {unix_socket_directories: ""}
              pg_hba: ["host all all 0.0.0.0/0 trust", "host replication all 0.0.0.0/0 trust"]
            """;

    private final int number;
    private final String address;
    private final int port;
    private final int restPort;
    private final Path directory;
    private final Path logs;
    private final Path configuration;
    private final List<String> command;
    private final HttpClient client =
            HttpClient.newBuilder().connectTimeout(ASKED).build();
    private int starts;
    private Optional<Part> patroni = Optional.empty();

    PatroniNode(
            int number,
            Network network,
            Programs programs,
            Path directory,
            Path logs,
            String etcd,
            String clusterSettings)
            throws IOException, InterruptedException {
        this.number = number;
        this.address = network.address(number);
        this.port = Network.freePort();
        this.restPort = Network.freePort();
        this.directory = directory;
        this.logs = logs;
        List<String> account = Account.owning(directory);
        this.configuration = directory.resolve("patroni.yml");
        Files.writeString(
                configuration,
                CONFIGURATION.formatted(
                        number,
                        address,
                        restPort,
                        etcd,
                        clusterSettings.indent(4).stripTrailing(),
                        port,
                        directory,
                        programs.postgres()));
        List<String> words = new ArrayList<>(network.place(number));
        words.addAll(account);
        words.addAll(List.of(programs.patroni().toString(), configuration.toString()));
        this.command = List.copyOf(words);
    }

    public int number() {
        return number;
    }

    public String name() {
        return "pg" + number;
    }

    /** {@code host:port} of the server. */
    public String server() {
        return address + ":" + port;
    }

    String address() {
        return address;
    }

    int restPort() {
        return restPort;
    }

    Path configuration() {
        return configuration;
    }

    void start() throws IOException {
        starts++;
        patroni = Optional.of(Part.start(
                name(), logs.resolve(name() + "-" + starts + ".log"), Map.of("PYTHONUNBUFFERED", "1"), command));
    }

    boolean alive() {
        return patroni.filter(Part::alive).isPresent();
    }

    /**
     * Asks Patroni whether this node is a {@code primary}, a {@code replica}, {@code synchronous}. Safe for several threads.
     *
     * @return false also where it does not answer
     */
    public boolean is(String what) throws InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://" + address + ":" + restPort + "/" + what))
                .timeout(ASKED)
                .build();
        try {
            return client.send(request, BodyHandlers.discarding()).statusCode() == 200;
        } catch (IOException e) {
            return false;
        }
    }

    /** Ends it all at once, as when its machine loses power. */
    public void kill() throws IOException, InterruptedException {
        signalAll("KILL");
        patroni.orElseThrow().awaitEnd(PATIENCE);
    }

    /** Starts it again after that. */
    public void startAgain() throws IOException {
        start();
    }

    /** Stops it all where it is, as when its machine is paused. */
    public void freeze() throws IOException, InterruptedException {
        signalAll("STOP");
    }

    /** Lets the server go on, while Patroni, which would stop it, is still frozen: the worst order in which they may wake. */
    public void thawServer() throws IOException, InterruptedException {
        signal("CONT", processes());
    }

    public void thawPatroni() throws IOException, InterruptedException {
        patroni.orElseThrow().signal("CONT");
    }

    /** Stops or continues the processes that send to standbys. */
    public void signalSenders(String signal) throws IOException, InterruptedException {
        List<Long> senders = new ArrayList<>();
        for (long process : processes()) {
            if (words(process).contains("walsender")) {
                senders.add(process);
            }
        }
        signal(signal, senders);
    }

    /** Patroni first, so that it sees nothing of it; then the server's head, so that it makes no more. */
    private void signalAll(String signal) throws IOException, InterruptedException {
        patroni.orElseThrow().signal("STOP");
        Optional<ProcessHandle> postmaster = postmaster();
        if (postmaster.isPresent()) {
            signal("STOP", List.of(postmaster.get().pid()));
            signal(signal, processes());
        }
        patroni.orElseThrow().signal(signal);
    }

    /** The server's head, where it is there: the number in the file of one that is gone may be another's by now. */
    private Optional<ProcessHandle> postmaster() throws IOException {
        Path file = directory.resolve("data").resolve("postmaster.pid");
        if (!Files.exists(file)) {
            return Optional.empty();
        }
        long number = Long.parseLong(
                Files.readString(file).lines().findFirst().orElse("0").strip());
        return ProcessHandle.of(number).filter(process -> words(number).contains(directory.toString()));
    }

    /** All processes of the server, its head first. */
    private List<Long> processes() throws IOException {
        return postmaster().stream()
                .flatMap(process -> Stream.concat(Stream.of(process), process.descendants()))
                .map(ProcessHandle::pid)
                .toList();
    }

    private static String words(long process) {
        try {
            return Files.readString(Path.of("/proc/" + process + "/cmdline"));
        } catch (IOException e) {
            return ""; // it has ended
        }
    }

    private static void signal(String signal, List<Long> processes) throws IOException, InterruptedException {
        if (!processes.isEmpty()) {
            List<String> words = new ArrayList<>(List.of("kill", "-" + signal));
            processes.forEach(process -> words.add(Long.toString(process)));
            // One of them may have ended meanwhile, and is no fault.
            new ProcessBuilder(words).redirectErrorStream(true).start().waitFor();
        }
    }

    @Override
    public void close() throws IOException, InterruptedException {
        if (patroni.isPresent() && patroni.get().alive()) {
            signalAll("KILL");
            patroni.get().awaitEnd(PATIENCE);
        } else {
            signal("KILL", processes());
        }
    }
}
