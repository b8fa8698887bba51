package dev.bide.loadtest;

import com.sun.management.OperatingSystemMXBean;
import com.sun.net.httpserver.HttpServer;
import dev.bide.trace.AcceptSpan;
import dev.bide.trace.CallSpan;
import dev.bide.trace.ExportedSpan;
import dev.bide.trace.FiringSpan;
import dev.bide.trace.TelemetryConfiguration;
import dev.bide.trace.TraceFigures;
import dev.bide.trace.Traces;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.lang.management.ManagementFactory;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;
import java.util.logging.Level;
import java.util.logging.Logger;

/** The spans of timers at a rate, and the processor time of it all: making them, packing and sending them. See loadtest/traces.sh. */
public final class TraceCosts {
    private static final String RECEIVER = "receiver";
    private static final int BATCH = 10;
    private static final int WARM_UP = 300_000;

    /** What it drops in a warm-up is no news. Held, since its level goes with it. */
    private static final Logger LIBRARY = Logger.getLogger("io.opentelemetry");

    private TraceCosts() {}

    public static void main(String[] arguments) throws IOException {
        if (arguments.length > 0 && arguments[0].equals(RECEIVER)) {
            receive();
            return;
        }
        LIBRARY.setLevel(Level.OFF);
        int rate = arguments.length > 0 ? Integer.parseInt(arguments[0]) : 1389;
        int seconds = arguments.length > 1 ? Integer.parseInt(arguments[1]) : 20;
        Process receiver = new ProcessBuilder(
                        ProcessHandle.current().info().command().orElse("java"),
                        "-Xmx128m",
                        "-cp",
                        System.getProperty("java.class.path"),
                        TraceCosts.class.getName(),
                        RECEIVER)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        try (BufferedReader said =
                new BufferedReader(new InputStreamReader(receiver.getInputStream(), StandardCharsets.UTF_8))) {
            Map<String, String> environment = Map.of("OTEL_EXPORTER_OTLP_ENDPOINT", said.readLine());
            System.setProperty("otel.exporter.otlp.endpoint", environment.get("OTEL_EXPORTER_OTLP_ENDPOINT"));
            measure("off", Traces.OFF, rate, seconds);
            for (String share : List.of("0.01", "1")) {
                System.setProperty("otel.traces.sampler.arg", share);
                try (Traces traces = new TelemetryConfiguration().build("costs", "1", environment)) {
                    measure(share, traces, rate, seconds);
                }
            }
        } finally {
            receiver.destroy();
        }
    }

    /** Takes all that comes. */
    private static void receive() throws IOException {
        HttpServer server = HttpServer.create(new InetSocketAddress("127.0.0.1", 0), 0);
        server.createContext("/", exchange -> {
            exchange.getRequestBody().readAllBytes();
            exchange.sendResponseHeaders(200, -1);
            exchange.close();
        });
        server.start();
        System.out.println("http://127.0.0.1:" + server.getAddress().getPort());
    }

    private static void measure(String share, Traces traces, int rate, int seconds) {
        for (int i = 0; i < WARM_UP / BATCH; i++) {
            batch(traces);
        }
        // What waits since the warm-up has gone by then.
        pace(traces, rate, 6);
        TraceFigures before = traces.figures();
        long cpu = cpuNanos();
        int timers = pace(traces, rate, seconds);
        double micros = (cpuNanos() - cpu) / 1e3 / timers;
        TraceFigures after = traces.figures();
        System.out.printf(
                "sampled %s: %.1f us of CPU a timer, %d timers, %d spans sent, %d lost%n",
                share, micros, timers, after.exported() - before.exported(), after.lost() - before.lost());
    }

    private static int pace(Traces traces, int rate, int seconds) {
        long start = System.nanoTime();
        int batches = rate * seconds / BATCH;
        for (int i = 0; i < batches; i++) {
            long due = start + (long) (i * 1e9 * BATCH / rate);
            for (long left = due - System.nanoTime(); left > 0; left = due - System.nanoTime()) {
                LockSupport.parkNanos(left);
            }
            batch(traces);
        }
        return batches * BATCH;
    }

    /** What a service makes of so many timers. */
    private static void batch(Traces traces) {
        List<String> accepted = new ArrayList<>();
        List<String> fired = new ArrayList<>();
        for (int i = 0; i < BATCH; i++) {
            UUID timer = new UUID(i, -1L - i);
            AcceptSpan accepting = traces.accept("timer", null);
            accepting.timer(timer);
            accepted.add(accepting.during(accepting::context));
            try (FiringSpan firing = traces.fire(new FiringSpan.Of(timer, null, null, null, 1), accepted.get(i))) {
                CallSpan call = firing.call("POST", "api.example.com", 443);
                call.traceparent();
                call.end(200, null);
                firing.attempted("delivered", 3, false);
                ExportedSpan span = firing.end();
                fired.add(span == null ? null : span.traceparent());
            }
        }
        traces.set("store timers", accepted, Function.identity()).close();
        traces.set("settle timers", fired, Function.identity()).close();
    }

    private static long cpuNanos() {
        return ((OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean()).getProcessCpuTime();
    }
}
