package dev.bide.loadtest.chaos;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** Runs whose inputs are as large as they may be, and cost far more as trees, due at once on a small heap; then a list of them all. */
final class LargeInputsCase implements Isolation.Case {
    private static final int INPUT_BYTES = 255 * 1024;
    private static final int AT_ONCE = 4;
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final String MEMORY = "OutOfMemoryError";

    @Override
    public boolean run(Stage stage, IsolationOptions options) throws Exception {
        int count = options.countOr(500);
        Scene scene = Scene.set(stage, options, 1, "-Xmx256m -XX:+UseSerialGC", Map.of());
        String node = scene.firstNode();
        Instant due = Instant.now().plusSeconds(30 + count / 10).truncatedTo(ChronoUnit.SECONDS);
        int accepted = start(scene, count, workflow(scene, due));
        long left = due.toEpochMilli() - System.currentTimeMillis();
        System.out.println(accepted + " runs are stored, due in " + left + " ms");
        TimeUnit.MILLISECONDS.sleep(Math.max(0, left));
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(options.secondsOr(120));
        while (System.nanoTime() < end && (taken(scene) < accepted || open(scene) > 0)) {
            TimeUnit.MILLISECONDS.sleep(500);
        }
        long taken = taken(scene);
        long open = open(scene);
        String list = list(node + "/v1/runs?limit=500");
        int memoryFaults = memoryFaults(stage.logs());
        boolean alive = scene.cluster().nodes().get(0).alive();
        System.out.printf(
                Locale.ROOT,
                "RESULT {\"case\":\"large-inputs\",\"runs\":%d,\"accepted\":%d,\"delivered\":%d,\"calls\":%d,\"open\":%d,"
                        + "\"memoryFaults\":%d,\"alive\":%b,\"list\":\"%s\"}%n",
                count,
                accepted,
                taken,
                scene.thirdParty().calls().size(),
                open,
                memoryFaults,
                alive,
                list);
        return accepted == count
                && taken == count
                && scene.thirdParty().calls().size() == count
                && open == 0
                && memoryFaults == 0
                && alive
                && list.startsWith("200");
    }

    private static long taken(Scene scene) {
        return scene.thirdParty().calls().stream().map(Call::timer).distinct().count();
    }

    private static long open(Scene scene) throws Exception {
        try (var connection = scene.database().connect();
                var statement = connection.createStatement();
                var result = statement.executeQuery("SELECT count(*) FROM run")) {
            result.next();
            return result.getLong(1);
        }
    }

    private static String workflow(Scene scene, Instant due) throws IOException {
        ZonedDateTime local = due.atZone(ZoneOffset.UTC);
        String workflow = """
                {"name":"large","tasks":[{"name":"one","delay":{"type":"date","date":"%s","at":"%s"},"action":{"url":"%s/ok","body":{"subject":"{{run.key}}"}}}]}""".formatted(
                        local.toLocalDate(),
                        DateTimeFormatter.ofPattern("HH:mm:ss").format(local),
                        scene.thirdParty().url());
        Api.Answer answer = scene.api().ask("POST", scene.firstNode() + "/v1/workflows", workflow, PATIENCE);
        if (answer.status() != 201) {
            throw new IOException("the workflow was answered " + answer);
        }
        return answer.json().path("id").asText();
    }

    /** Returns how many were accepted: refusals are tried again, as the key allows. */
    private static int start(Scene scene, int count, String workflow) throws InterruptedException {
        String input = "{\"a\":[" + "{},".repeat((INPUT_BYTES - 16) / 3) + "{}]}";
        List<CompletableFuture<Api.Answer>> underWay = new ArrayList<>();
        int accepted = 0;
        int tries = 0;
        List<Integer> left = new ArrayList<>();
        for (int number = 0; number < count; number++) {
            left.add(number);
        }
        while (!left.isEmpty() && tries++ < 3 * count) {
            List<Integer> part = new ArrayList<>(left.subList(0, Math.min(AT_ONCE, left.size())));
            underWay.clear();
            for (int number : part) {
                underWay.add(scene.api()
                        .send(
                                "POST",
                                scene.firstNode() + "/v1/workflows/" + workflow + "/runs",
                                "{\"key\":\"large-" + number + "\",\"input\":" + input + "}",
                                PATIENCE));
            }
            for (int index = 0; index < part.size(); index++) {
                int status = underWay.get(index).join().status();
                if (status == 201 || status == 200) {
                    accepted++;
                    left.remove(part.get(index));
                } else {
                    TimeUnit.MILLISECONDS.sleep(500);
                }
            }
        }
        return accepted;
    }

    /** The answer's status and length, or why there was none. */
    private static String list(String url) throws InterruptedException {
        try {
            HttpResponse<InputStream> response = HttpClient.newHttpClient()
                    .send(
                            HttpRequest.newBuilder(URI.create(url))
                                    .timeout(PATIENCE)
                                    .build(),
                            BodyHandlers.ofInputStream());
            long length = 0;
            byte[] buffer = new byte[1 << 16];
            try (InputStream body = response.body()) {
                for (int read = body.read(buffer); read >= 0; read = body.read(buffer)) {
                    length += read;
                }
            }
            return response.statusCode() + ", " + length + " bytes";
        } catch (IOException e) {
            return e.getClass().getSimpleName();
        }
    }

    private static int memoryFaults(Path logs) throws IOException {
        int faults = 0;
        try (DirectoryStream<Path> files = Files.newDirectoryStream(logs, "node-*.log")) {
            for (Path file : files) {
                faults += (int) Files.readAllLines(file).stream()
                        .filter(line -> line.contains(MEMORY))
                        .count();
            }
        }
        return faults;
    }
}
