package dev.bide.loadtest.chaos;

import dev.bide.loadtest.Latencies;
import java.io.IOException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/** One of two nodes is frozen inside a transaction. Meanwhile a third one starts, and timers that the frozen one has in hand are cancelled. */
final class FrozenCase implements Isolation.Case {
    private static final Duration AIM_PATIENCE = Duration.ofSeconds(60);
    private static final Duration CANCEL_PATIENCE = Duration.ofSeconds(60);
    private static final int LONGEST_WARM_UP_SECONDS = 60;
    private static final int GRACE_MILLIS = 10_000;
    /** What the victim has taken, and what is due and stays: it may just have been taking that. */
    private static final String IN_HAND = """
            (SELECT trigger_name FROM qrtz_fired_triggers WHERE instance_name = ? AND trigger_group = 'timer' LIMIT 20)
            UNION (SELECT id::text FROM timer WHERE due_at < now() AND status <> 'paused' ORDER BY due_at LIMIT 20)""";

    @Override
    public boolean run(Stage stage, IsolationOptions options) throws Exception {
        Scene scene = Scene.set(stage, options, 2, "-Xmx400m -XX:+UseSerialGC", Map.of());
        ChaosLoad load = stage.opened(
                new ChaosLoad(scene.cluster(), scene.api(), scene.thirdParty().url(), List.of(), 1));
        load.prepare();
        int frozenSeconds = options.secondsOr(40);
        int warmUpSeconds = Math.min(LONGEST_WARM_UP_SECONDS, frozenSeconds / 2);
        Thread sending = new Thread(
                () -> send(
                        load,
                        options.rateOr(300),
                        Duration.ofSeconds(warmUpSeconds + frozenSeconds + 2 * AIM_PATIENCE.toSeconds())),
                "load");
        sending.setDaemon(true);
        sending.start();
        TimeUnit.SECONDS.sleep(warmUpSeconds);
        BideNode victim = scene.cluster().nodes().get(0);
        BideNode other = scene.cluster().nodes().get(1);
        int tries = new Aim(scene.database(), new Random()).freeze(victim, AIM_PATIENCE);
        if (tries == 0) {
            throw new IOException("the node was never met inside a transaction");
        }
        victim.avoid(Duration.ofHours(1)); // nobody waits for its own answers
        long frozenAt = System.currentTimeMillis();
        System.out.println("Node " + victim.number() + " is frozen inside a transaction, at the " + tries + ". try");
        AtomicLong startMillis = new AtomicLong(-1);
        Thread starting = new Thread(() -> start(scene, startMillis), "third node");
        starting.setDaemon(true);
        starting.start();
        List<CompletableFuture<Api.Answer>> cancels = cancelInHand(scene, victim, other);
        TimeUnit.SECONDS.sleep(frozenSeconds);
        long thawedAt = System.currentTimeMillis();
        victim.thaw();
        load.close();
        sending.join();
        starting.join();
        Latencies cancelMillis = new Latencies();
        cancels.forEach(cancel -> cancelMillis.record(cancel.join().millis()));
        Latencies changes = changesSince(load, frozenAt);
        long waiting = awaitCalled(scene, frozenAt + GRACE_MILLIS, thawedAt);
        Latencies lateness = GoodTimers.lateness(scene.thirdParty(), frozenAt + GRACE_MILLIS, thawedAt);
        System.out.printf(
                Locale.ROOT,
                "RESULT {\"case\":\"frozen\",\"tries\":%d,\"othersLatenessMs\":%s,\"others\":%d,\"notCalled\":%d,"
                        + "\"thirdNodeMs\":%d,\"cancels\":%d,\"cancelMs\":%s,\"changesMs\":%s}%n",
                tries,
                ChaosReport.json(lateness),
                lateness.count(),
                waiting,
                startMillis.get(),
                cancelMillis.count(),
                ChaosReport.json(cancelMillis),
                ChaosReport.json(changes));
        return waiting == 0
                && lateness.count() > 0
                && lateness.percentile(95) < 2_000
                && startMillis.get() >= 0
                && startMillis.get() < 20_000
                && changes.count() > 0
                && Math.max(cancelMillis.max(), changes.max()) < 5_000;
    }

    private static Latencies changesSince(ChaosLoad load, long from) {
        Latencies millis = new Latencies();
        load.subjects().stream()
                .flatMap(subject -> subject.changes().stream())
                .filter(change -> change.sentAt() >= from)
                .forEach(change -> millis.record(change.answeredAt() - change.sentAt()));
        return millis;
    }

    private static void send(ChaosLoad load, int rate, Duration length) {
        try {
            load.run(rate, length);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static void start(Scene scene, AtomicLong millis) {
        long start = System.nanoTime();
        try {
            scene.cluster().add();
            millis.set(TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start));
        } catch (IOException | InterruptedException e) {
            System.err.println("The third node did not start: " + e.getMessage());
        }
    }

    /** Whatever they are answered: how long that takes is what counts. */
    private static List<CompletableFuture<Api.Answer>> cancelInHand(Scene scene, BideNode victim, BideNode other)
            throws SQLException {
        List<CompletableFuture<Api.Answer>> cancels = new ArrayList<>();
        try (Connection connection = scene.database().connect();
                PreparedStatement statement = connection.prepareStatement(IN_HAND)) {
            statement.setString(1, "chaos-" + victim.number());
            try (ResultSet rows = statement.executeQuery()) {
                while (rows.next()) {
                    cancels.add(scene.api()
                            .send(
                                    "POST",
                                    other.url() + "/v1/timers/" + rows.getString(1) + "/cancel",
                                    "",
                                    CANCEL_PATIENCE));
                }
            }
        }
        return cancels;
    }

    /** Returns how many that were due in that time still wait, after up to a minute. */
    private static long awaitCalled(Scene scene, long from, long to) throws SQLException, InterruptedException {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
        while (true) {
            long waiting = waiting(scene, from, to);
            if (waiting == 0 || System.nanoTime() > end) {
                return waiting;
            }
            TimeUnit.MILLISECONDS.sleep(500);
        }
    }

    private static long waiting(Scene scene, long from, long to) throws SQLException {
        try (Connection connection = scene.database().connect();
                PreparedStatement statement = connection.prepareStatement(
                        "SELECT count(*) FROM timer WHERE status = 'scheduled' AND due_at >= ? AND due_at < ?")) {
            statement.setTimestamp(1, new java.sql.Timestamp(from));
            statement.setTimestamp(2, new java.sql.Timestamp(to));
            try (ResultSet result = statement.executeQuery()) {
                result.next();
                return result.getLong(1);
            }
        }
    }
}
