package dev.bide.loadtest.chaos;

import dev.bide.testing.RedisServers;
import java.io.IOException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.StringJoiner;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/**
 * More timers than a limit lets through, and ever more workers: one, one more that has threads for a fifth of the limit, and a third, which is then killed. What the third
 * party gets each second is told for each. In the end the limit is taken away: no timer may be lost, or called twice but for those that the killed one had in hand.
 */
final class LimitsCase implements Isolation.Case {
    private static final int ANSWER_MILLIS = 200;
    private static final int SETTLE_SECONDS = 6;
    private static final int AT_ONCE = 1_000;

    private Scene scene;

    @Override
    public boolean run(Stage stage, IsolationOptions options) throws Exception {
        int limit = options.rateOr(50);
        int seconds = options.secondsOr(15);
        RedisServers redis = options.redis() ? stage.opened(new RedisServers(6)) : null;
        Map<String, String> environment = new HashMap<>();
        if (redis != null) {
            redis.start();
            environment.put("REDIS_URL", redis.url());
        }
        scene = Scene.set(stage, options, 0, "-Xmx300m -XX:+UseSerialGC -XX:TieredStopAtLevel=1", environment);
        Map<String, String> slow = new HashMap<>(environment);
        slow.put("NODE_ID", "slow");
        // Each call holds one of them for as long as the answer takes.
        int threads = Math.max(1, limit * ANSWER_MILLIS / 1_000 / 5);
        Cluster slowOne = stage.opened(new Cluster(
                new BideNode.Settings(
                        options.jar(),
                        List.of(
                                "-Xmx300m",
                                "-XX:+UseSerialGC",
                                "-XX:TieredStopAtLevel=1",
                                "-Ddw.engine.threads=" + threads),
                        scene.database().jdbcUrl(),
                        stage.logs(),
                        slow),
                false,
                0,
                new FaultLog()));
        scene.cluster().add();
        String party = scene.thirdParty().url().substring("http://".length());
        limit(party, limit);
        int timers = create(limit * (seconds + SETTLE_SECONDS) * (redis == null ? 6 : 8));

        boolean held = phase("1 worker", limit, 1, seconds);
        slowOne.add();
        held &= phase("2 workers, one of them slow", limit, 2, seconds);
        BideNode victim = scene.cluster().add();
        held &= phase("3 workers, one of them slow", limit, 3, seconds);
        victim.kill();
        scene.cluster().remove(victim);
        held &= watch("one killed, the first " + SETTLE_SECONDS + " s", limit, 3, SETTLE_SECONDS);
        held &= phase("one killed, later", limit, 2, seconds);
        if (redis != null) {
            redis.kill(redis.masterOf("{" + party + "}"));
            held &= watch("its Redis killed, the first " + SETTLE_SECONDS + " s", limit, 2, SETTLE_SECONDS);
            held &= phase("its Redis killed, later", limit, 2, seconds);
        }
        limit(party, 1_000);
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(120);
        while (called().size() < timers && System.nanoTime() < end) {
            TimeUnit.MILLISECONDS.sleep(200);
        }
        Map<UUID, Long> called = called();
        long twice = called.values().stream().filter(count -> count > 1).count();
        System.out.printf(
                Locale.ROOT,
                "RESULT {\"case\":\"limits\",\"redis\":%s,\"limit\":%d,\"timers\":%d,\"notCalled\":%d,\"twice\":%d,\"held\":%s}%n",
                redis != null,
                limit,
                timers,
                timers - called.size(),
                twice,
                held);
        return held && called.size() == timers && twice <= limit;
    }

    private Map<UUID, Long> called() {
        return scene.thirdParty().calls().stream().collect(Collectors.groupingBy(Call::timer, Collectors.counting()));
    }

    private void limit(String party, int perSecond) throws IOException {
        Api.Answer answer = scene.api()
                .ask(
                        "PUT",
                        scene.firstNode() + "/v1/destinations/" + party + "/limits",
                        "{\"callsPerSecond\":" + perSecond + "}",
                        Duration.ofSeconds(30));
        if (answer.status() != 200) {
            throw new IOException("the limit was answered " + answer);
        }
    }

    private int create(int count) throws IOException {
        for (int from = 0; from < count; from += AT_ONCE) {
            StringJoiner timers = new StringJoiner(",", "{\"timers\":[", "]}");
            for (int number = from; number < Math.min(count, from + AT_ONCE); number++) {
                timers.add("""
                        {"delay":{"type":"period","amount":0,"unit":"seconds"},"action":{"url":"%s/ok?ms=%d","body":{"subject":"%d"}}}""".formatted(scene.thirdParty().url(), ANSWER_MILLIS, number));
            }
            Api.Answer answer = scene.api()
                    .ask("POST", scene.firstNode() + "/v1/timers/bulk", timers.toString(), Duration.ofSeconds(60));
            if (answer.json().path("accepted").asInt() != Math.min(AT_ONCE, count - from)) {
                throw new IOException("the timers were answered " + answer);
            }
        }
        return count;
    }

    /** Once all have settled. */
    private boolean phase(String what, int limit, int workers, int seconds) throws InterruptedException {
        TimeUnit.SECONDS.sleep(SETTLE_SECONDS);
        return watch(what, limit, workers, seconds);
    }

    /** Whether no second had more than the limit, what a tenth of a second leaves, one lease of each worker, and as much again for a busy machine. */
    private boolean watch(String what, int limit, int workers, int seconds) throws InterruptedException {
        long from = System.currentTimeMillis();
        TimeUnit.SECONDS.sleep(seconds);
        long to = System.currentTimeMillis();
        List<Long> times = scene.thirdParty().calls().stream()
                .map(Call::at)
                .filter(at -> at >= from && at < to)
                .sorted()
                .toList();
        int most = 0;
        int first = 0;
        for (int last = 0; last < times.size(); last++) {
            while (times.get(last) - times.get(first) >= 1_000) {
                first++;
            }
            most = Math.max(most, last - first + 1);
        }
        int lease = (limit + 9) / 10;
        System.out.printf(
                Locale.ROOT,
                "%-36s %5.1f a second, %d in the fullest%n",
                what,
                times.size() * 1_000.0 / (to - from),
                most);
        return most <= limit + lease * (workers + 2);
    }
}
