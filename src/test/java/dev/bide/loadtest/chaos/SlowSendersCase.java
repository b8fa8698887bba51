package dev.bide.loadtest.chaos;

import dev.bide.loadtest.Latencies;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** Clients that send their bodies a byte at a time: first such as have no right to, then such as have. The others ask for health, and store a timer, throughout. */
final class SlowSendersCase implements Isolation.Case {
    private static final String KEY = "right-key-of-the-isolation-case";
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final int PAUSE_MILLIS = 250;
    private static final int WARM_UP_SECONDS = 8;

    /** What one kind of request met. */
    private record Figures(Latencies millis, long wrong) {}

    @Override
    public boolean run(Stage stage, IsolationOptions options) throws Exception {
        int count = options.countOr(140);
        int seconds = options.secondsOr(40);
        Scene scene = Scene.set(stage, options, 1, "-Xmx600m -XX:+UseSerialGC", Map.of("API_KEYS", KEY));
        watch(scene, WARM_UP_SECONDS);
        boolean well = true;
        StringBuilder result = new StringBuilder("RESULT {\"case\":\"slow-senders\",\"senders\":" + count);
        for (String key : List.of("a-wrong-key", KEY)) {
            List<Figures> figures;
            try (SlowSenders senders = new SlowSenders(scene.firstNode(), key, count, Duration.ofSeconds(8))) {
                figures = watch(scene, seconds);
            }
            List<String> names = List.of("health", "post", "bulk");
            for (int kind = 0; kind < names.size(); kind++) {
                Figures of = figures.get(kind);
                result.append(String.format(
                        Locale.ROOT,
                        ",\"%s%s\":{\"ms\":%s,\"asked\":%d,\"notAnsweredWell\":%d}",
                        key.equals(KEY) ? "rightKey" : "wrongKey",
                        names.get(kind).substring(0, 1).toUpperCase(Locale.ROOT)
                                + names.get(kind).substring(1),
                        ChaosReport.json(of.millis()),
                        of.millis().count(),
                        of.wrong()));
                well &= of.wrong() == 0 && of.millis().max() < 1_000;
            }
        }
        System.out.println(result.append('}'));
        return well;
    }

    /** Asks for health, and stores a timer singly and in bulk, at a steady pace, whatever became of the requests before. */
    private static List<Figures> watch(Scene scene, int seconds) throws InterruptedException {
        String timer = """
                {"delay":{"type":"period","amount":2,"unit":"seconds"},"action":{"url":"%s/ok"}}""".formatted(scene.thirdParty().url());
        List<CompletableFuture<Api.Answer>> health = new ArrayList<>();
        List<CompletableFuture<Api.Answer>> posts = new ArrayList<>();
        List<CompletableFuture<Api.Answer>> bulks = new ArrayList<>();
        Api api = scene.api();
        String node = scene.firstNode();
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds);
        while (System.nanoTime() < end) {
            health.add(api.send("GET", node + "/v1/health", "", PATIENCE));
            posts.add(api.send("POST", node + "/v1/timers", timer, KEY, PATIENCE));
            bulks.add(api.send("POST", node + "/v1/timers/bulk", "{\"timers\":[" + timer + "]}", KEY, PATIENCE));
            TimeUnit.MILLISECONDS.sleep(PAUSE_MILLIS);
        }
        return List.of(figures(health), figures(posts), figures(bulks));
    }

    private static Figures figures(List<CompletableFuture<Api.Answer>> answers) {
        Latencies millis = new Latencies();
        long wrong = 0;
        for (CompletableFuture<Api.Answer> future : answers) {
            Api.Answer answer = future.join();
            millis.record(answer.millis());
            wrong += answer.status() / 100 == 2 ? 0 : 1;
        }
        return new Figures(millis, wrong);
    }
}
