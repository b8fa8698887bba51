package dev.bide.loadtest.patroni;

import dev.bide.testing.Part;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * Where the processes live. With a network of one's own (the script starts us by {@code unshare --net}, which root may, and says so by {@value #VARIABLE}) each database node has
 * an address behind a cable of its own, which can be pulled: what is sent then is lost without a word. All of it is gone with this process. Else all is on loopback.
 */
public final class Network implements AutoCloseable {
    private static final String VARIABLE = "BIDE_OWN_NETWORK";
    private static final String SUBNET = "10.77.0.";
    private static final Pattern READY = Pattern.compile("(ready)");

    private final boolean own;
    private final Path logs;
    private final Map<Integer, Part> holders = new HashMap<>();

    /** @param logs a directory */
    public Network(Path logs) throws IOException, InterruptedException {
        this.logs = logs;
        this.own = isOwn();
        if (own) {
            run("ip", "link", "set", "lo", "up");
            if (!told("ip", "-o", "link").contains(" bide:")) {
                run("ip", "link", "add", "bide", "type", "bridge", "forward_delay", "0");
                run("ip", "addr", "add", SUBNET + "1/24", "dev", "bide");
                run("ip", "link", "set", "bide", "up");
            }
        }
    }

    /** Whether cables can be pulled. */
    public static boolean isOwn() {
        return "yes".equals(System.getenv(VARIABLE));
    }

    /** The address of what is on no cable. */
    public String address() {
        return own ? SUBNET + "1" : "127.0.0.1";
    }

    /** Of a database node, from 1 to 9. */
    public String address(int node) {
        return own ? SUBNET + (10 + node) : "127.0.0.1";
    }

    /**
     * Lays a node's cable.
     *
     * @return what comes before a command that is to run there
     */
    public List<String> place(int node) throws IOException, InterruptedException {
        if (!own) {
            return List.of();
        }
        Part holder = Part.start(
                "the network of node " + node,
                logs.resolve("network-" + node + ".log"),
                Map.of(),
                List.of("unshare", "--net", "sh", "-c", "ip link set lo up && echo ready && exec sleep 1000000"));
        holders.put(node, holder);
        holder.awaitLine(READY);
        String process = Long.toString(holder.pid());
        List<String> enter = List.of("nsenter", "--net=/proc/" + process + "/ns/net");
        run("ip", "link", "add", cable(node), "type", "veth", "peer", "name", "eth0", "netns", process);
        inside(enter, "ip", "addr", "add", address(node) + "/24", "dev", "eth0");
        inside(enter, "ip", "link", "set", "eth0", "up");
        run("ip", "link", "set", cable(node), "up");
        plugIn(node);
        return enter;
    }

    private static void inside(List<String> enter, String... command) throws IOException, InterruptedException {
        List<String> words = new ArrayList<>(enter);
        words.addAll(Arrays.asList(command));
        run(words.toArray(String[]::new));
    }

    /** From now on nothing reaches the node, and nothing comes from it. */
    public void cutOff(int node) throws IOException, InterruptedException {
        run("ip", "link", "set", cable(node), "nomaster");
    }

    public void plugIn(int node) throws IOException, InterruptedException {
        run("ip", "link", "set", cable(node), "master", "bide");
    }

    /** A port that is free on loopback, or on any cable. */
    static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    private static String cable(int node) {
        return "cable" + node;
    }

    private static void run(String... command) throws IOException, InterruptedException {
        told(command);
    }

    private static String told(String... command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (process.waitFor() != 0) {
            throw new IOException(String.join(" ", command) + ": " + output.strip());
        }
        return output;
    }

    @Override
    public void close() throws InterruptedException, IOException {
        for (Part holder : holders.values()) {
            holder.signal("KILL");
            holder.awaitEnd(Duration.ofSeconds(10));
        }
    }
}
