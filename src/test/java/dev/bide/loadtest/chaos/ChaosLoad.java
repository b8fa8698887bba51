package dev.bide.loadtest.chaos;

import dev.bide.loadtest.Latencies;
import java.io.IOException;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Queue;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/** New timers and runs at a rate, over all nodes, and what is done to some of them while they wait. */
final class ChaosLoad implements AutoCloseable {
    /** Of each run. */
    static final int STEPS = 3;

    private static final long STEP_SECONDS = 1;
    private static final double WARM_UP_SECONDS = 10;

    /** How long the rate rises. */
    static final long WARM_UP_MILLIS = (long) (1_000 * WARM_UP_SECONDS);

    private static final Duration ACCEPT_PATIENCE = Duration.ofSeconds(6);
    private static final Duration CHANGE_PATIENCE = Duration.ofSeconds(30);
    /** A node that did not answer, as a load balancer would. */
    private static final Duration AVOIDED = Duration.ofSeconds(5);

    private static final long PAUSE_MILLIS = 2_500;
    /** Tries of a change that nobody answers, a second apart. */
    private static final int TRIES = 120;
    /** Requests under way; the next waits, as it would in a client. */
    private static final int MOST_UNDER_WAY = 2_000;

    private final Cluster cluster;
    private final Api api;
    private final String goodUrl;
    private final List<String> slowUrls;
    private final Random random;
    private final Queue<Subject> subjects = new ConcurrentLinkedQueue<>();
    private final AtomicInteger numbers = new AtomicInteger();
    private final AtomicInteger underWay = new AtomicInteger();
    private final AtomicInteger changesLeft = new AtomicInteger();
    private final AtomicLong accepted = new AtomicLong();
    private final Latencies changeMillis = new Latencies();
    private final ScheduledExecutorService clock = Executors.newSingleThreadScheduledExecutor(task -> {
        Thread thread = new Thread(task, "changes");
        thread.setDaemon(true);
        return thread;
    });
    private String workflow = "";
    private volatile boolean over;

    /** @param slowUrls third parties that misbehave, which get a share; empty for none */
    ChaosLoad(Cluster cluster, Api api, String goodUrl, List<String> slowUrls, long seed) {
        this.cluster = cluster;
        this.api = api;
        this.goodUrl = goodUrl;
        this.slowUrls = slowUrls;
        this.random = new Random(seed);
    }

    /** Makes the workflow that runs pass through. */
    void prepare() throws IOException {
        StringBuilder tasks = new StringBuilder();
        for (int step = 1; step <= STEPS; step++) {
            tasks.append(step > 1 ? "," : "").append("""
                    {"name":"step %d","delay":%s,"action":{"url":"%s/step/%d?ms=20","body":{"subject":"{{run.key}}"}}}""".formatted(step, seconds(STEP_SECONDS), goodUrl, step));
        }
        Api.Answer answer = api.ask(
                "POST",
                cluster.nodes().get(0).url() + "/v1/workflows",
                "{\"name\":\"chaos\",\"tasks\":[" + tasks + "]}",
                ACCEPT_PATIENCE);
        if (answer.status() != 201) {
            throw new IOException("the workflow was answered " + answer);
        }
        workflow = answer.json().path("id").asText();
    }

    private static String seconds(long amount) {
        return "{\"type\":\"period\",\"amount\":" + amount + ",\"unit\":\"seconds\"}";
    }

    /**
     * Sends until the time is over. Timers of runs count.
     *
     * @param perSecond new timers
     */
    void run(int perSecond, Duration length) throws InterruptedException {
        long start = System.nanoTime();
        double timers = 0;
        while (System.nanoTime() - start < length.toNanos() && !over) {
            double wanted = wanted((System.nanoTime() - start) / 1e9) * perSecond;
            while (timers < wanted && underWay.get() < MOST_UNDER_WAY) {
                Subject subject = next();
                timers += subject.kind().run() ? STEPS : 1;
                subjects.add(subject);
                post(subject);
            }
            TimeUnit.MILLISECONDS.sleep(2);
        }
    }

    /** Seconds' worth of load by then: it rises for ten seconds, as new nodes are slow. */
    private static double wanted(double seconds) {
        return seconds < WARM_UP_SECONDS ? seconds * seconds / (2 * WARM_UP_SECONDS) : seconds - WARM_UP_SECONDS / 2;
    }

    private Subject next() {
        Subject.Kind kind = kind(random.nextInt(100));
        long asked = kind.run() ? STEP_SECONDS : 2 + random.nextInt(5);
        return new Subject(kind + "-" + numbers.incrementAndGet(), kind, 1000 * asked);
    }

    private Subject.Kind kind(int share) {
        if (share < 12) {
            return Subject.Kind.FLAKY;
        } else if (share < 26) {
            return Subject.Kind.CANCELLED;
        } else if (share < 36) {
            return Subject.Kind.RESCHEDULED;
        } else if (share < 46) {
            return Subject.Kind.PAUSED;
        } else if (share < 50) {
            return Subject.Kind.RUN;
        } else if (share < 51) {
            return Subject.Kind.RUN_CANCELLED;
        } else if (share < 52) {
            return Subject.Kind.RUN_PAUSED;
        } else if (share < 60 && !slowUrls.isEmpty()) {
            return Subject.Kind.SLOW;
        }
        return Subject.Kind.PLAIN;
    }

    private void post(Subject subject) {
        BideNode node = cluster.any(random);
        String path = subject.kind().run() ? "/v1/workflows/" + workflow + "/runs" : "/v1/timers";
        String body = subject.kind().run() ? "{\"key\":\"" + subject.name() + "\"}" : timer(subject);
        plan(subject, random.nextLong());
        underWay.incrementAndGet();
        api.send("POST", node.url() + path, body, ACCEPT_PATIENCE).thenAccept(answer -> {
            underWay.decrementAndGet();
            subject.answered(
                    answer.status(),
                    answer.json().path("id").asText(),
                    answer.dueAt(),
                    answer.sentAt(),
                    answer.answeredAt());
            if (answer.status() == 0) {
                node.avoid(AVOIDED);
            } else if (subject.accepted()) {
                accepted.incrementAndGet();
            }
        });
    }

    private String timer(Subject subject) {
        String url = goodUrl + (random.nextInt(4) == 0 ? "/ok?ms=" + random.nextInt(400) : "/ok");
        String more = "";
        if (subject.kind() == Subject.Kind.FLAKY || subject.kind() == Subject.Kind.CANCELLED && random.nextBoolean()) {
            url = goodUrl + "/flaky";
            more = ",\"retry\":{\"initialBackoff\":\"PT2S\"}";
        } else if (subject.kind() == Subject.Kind.SLOW) {
            url = slowUrls.get(random.nextInt(slowUrls.size()));
            more = ",\"timeout\":\"PT2S\",\"retry\":{\"maxRetries\":1,\"maxBackoff\":\"PT2S\"}";
        }
        return """
                {"key":"%s","delay":%s,"action":{"url":"%s","body":{"subject":"%s"}}%s}""".formatted(subject.name(), seconds(subject.askedMillis() / 1000), url, subject.name(), more);
    }

    /** What will be done to it, from now on. Cancels come at any time up to a second after it is due, so that they meet what is in hand and what retries. */
    private void plan(Subject subject, long seed) {
        Random own = new Random(seed);
        long due = subject.askedMillis();
        switch (subject.kind()) {
            case CANCELLED -> later(subject, Change.Kind.CANCEL, 500 + own.nextInt((int) due + 500), 0);
            case RUN_CANCELLED -> later(subject, Change.Kind.CANCEL, 500 + own.nextInt(3_000), 0);
            case RESCHEDULED -> later(subject, Change.Kind.RESCHEDULE, due / 2, 1000L * (1 + own.nextInt(5)));
            case PAUSED, RUN_PAUSED ->
                later(subject, Change.Kind.PAUSE, due / 2 + (own.nextBoolean() ? 0 : due / 2 - 50), 0);
            case PLAIN, FLAKY, RUN, SLOW -> {}
        }
    }

    private void later(Subject subject, Change.Kind kind, long millis, long askedMillis) {
        changesLeft.incrementAndGet();
        clock.schedule(() -> change(subject, kind, askedMillis, TRIES), millis, TimeUnit.MILLISECONDS);
    }

    private void change(Subject subject, Change.Kind kind, long askedMillis, int tries) {
        if (subject.id().isEmpty()) {
            // Not answered yet, or never.
            if (tries > 1 && !over) {
                clock.schedule(() -> change(subject, kind, askedMillis, tries - 1), 200, TimeUnit.MILLISECONDS);
            } else {
                changesLeft.decrementAndGet();
            }
            return;
        }
        BideNode node = cluster.any(ThreadLocalRandom.current());
        String resource = node.url() + "/v1/" + (subject.kind().run() ? "runs/" : "timers/") + subject.id();
        var sending = kind == Change.Kind.RESCHEDULE
                ? api.send("PATCH", resource, "{\"delay\":" + seconds(askedMillis / 1000) + "}", CHANGE_PATIENCE)
                : api.send("POST", resource + "/" + path(kind), "", CHANGE_PATIENCE);
        sending.thenAccept(answer -> {
            Change change = new Change(
                    kind, answer.sentAt(), answer.answeredAt(), answer.status(), answer.dueAt(), askedMillis);
            subject.changed(change);
            synchronized (changeMillis) {
                changeMillis.record(answer.millis());
            }
            if (answer.status() == 0) {
                node.avoid(AVOIDED);
            }
            if ((change.doubtful() || answer.status() == 429) && tries > 1) {
                clock.schedule(() -> change(subject, kind, askedMillis, tries - 1), 1, TimeUnit.SECONDS);
                return;
            }
            if (kind == Change.Kind.PAUSE) {
                later(subject, Change.Kind.RESUME, PAUSE_MILLIS, 0);
            }
            changesLeft.decrementAndGet();
        });
    }

    /** A pause that nobody answered may have been done after the resume: then it is resumed again. */
    void resume(Collection<String> pausedNames) {
        Set<String> paused = Set.copyOf(pausedNames);
        subjects.stream()
                .filter(subject -> paused.contains(subject.name()))
                .filter(subject -> subject.changes().stream()
                        .anyMatch(change -> change.kind() == Change.Kind.PAUSE && change.doubtful()))
                .forEach(subject -> later(subject, Change.Kind.RESUME, 0, 0));
    }

    private static String path(Change.Kind kind) {
        return switch (kind) {
            case CANCEL -> "cancel";
            case PAUSE -> "pause";
            case RESUME -> "resume";
            case RESCHEDULE -> throw new IllegalArgumentException("a PATCH");
        };
    }

    Collection<Subject> subjects() {
        return subjects;
    }

    long accepted() {
        return accepted.get();
    }

    /** Whether requests are under way or changes to come. */
    boolean busy() {
        return underWay.get() > 0 || changesLeft.get() > 0;
    }

    /** How long changes took to be answered; for one thread, after the load. */
    Latencies changeMillis() {
        return changeMillis;
    }

    @Override
    public void close() {
        over = true;
        clock.shutdownNow();
    }
}
