package dev.bide.thirdparty;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Something to look at: workflows, some thousand runs and timers that wait over the coming months, some that fail and some that are slow, all made by the API of a running
 * service. Everything has a key, so that a second time adds nothing. Then a few timers a second for as long as it runs, so that what is measured moves. One thread.
 */
public final class Demonstration implements AutoCloseable, Runnable {
    private static final Logger LOG = LoggerFactory.getLogger(Demonstration.class);

    private static final List<String> ZONES =
            List.of("Asia/Ho_Chi_Minh", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe");
    private static final int RUNS_OF_EACH = 600;
    private static final int LONE_TIMERS = 1500;
    private static final int BURST = 6000;
    private static final int SOON = 600;
    private static final int SOON_MINUTES = 60;
    private static final int WEBINAR_MINUTES = 25;
    private static final int DAYS = 400;
    private static final int MOST_AT_ONCE = 1000;
    private static final Duration LONGEST_END = Duration.ofSeconds(10);
    private static final Duration FULL_DRIP = Duration.ofHours(1);

    private final @Nullable String key;
    private final String good;
    private final String slow;
    private final HttpClient client =
            HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(5)).build();
    private final Thread thread = new Thread(this, "demonstration");
    private volatile URI service = URI.create("http://localhost/");
    private volatile Runnable told = () -> {};

    /**
     * @param key to the service's API; null where it needs none
     * @param good the address of a third party that answers as it is asked to
     * @param slow of another one, which every call asks for an answer after three seconds
     */
    public Demonstration(@Nullable String key, String good, String slow) {
        this.key = key;
        this.good = good;
        this.slow = slow;
        thread.setDaemon(true);
    }

    /**
     * Begins, and comes back at once.
     *
     * @param running the service, without a path
     * @param filled told once there is something to look at
     */
    public void start(URI running, Runnable filled) {
        service = running;
        told = filled;
        thread.start();
    }

    @Override
    public void close() throws InterruptedException {
        thread.interrupt();
        thread.join(LONGEST_END.toMillis());
    }

    @Override
    public void run() {
        try {
            if (isFresh()) {
                stock();
            }
            told.run();
            drip();
        } catch (IOException e) {
            LOG.warn("The demonstration ends: {}", e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private boolean isFresh() throws IOException, InterruptedException {
        return !get("/v1/workflows?limit=1").contains("\"id\"");
    }

    private void stock() throws IOException, InterruptedException {
        String onboarding = id(post(
                "/v1/workflows",
                workflow(
                        "Onboarding",
                        "Asia/Ho_Chi_Minh",
                        List.of(
                                task("welcome", "{\"type\":\"period\",\"amount\":20,\"unit\":\"seconds\"}", "/mails"),
                                task(
                                        "first steps",
                                        "{\"type\":\"period\",\"amount\":2,\"unit\":\"days\",\"at\":\"09:00\"}",
                                        "/mails"),
                                task(
                                        "how is it going",
                                        "{\"type\":\"weekdays\",\"days\":[\"MONDAY\",\"THURSDAY\"],\"at\":\"10:00\"}",
                                        "/mails"),
                                task(
                                        "season's greetings",
                                        "{\"type\":\"date\",\"date\":\"--12-24\",\"at\":\"09:00\"}",
                                        "/mails")))));
        String invoices = id(post(
                "/v1/workflows",
                workflow(
                        "Invoice reminders",
                        "Europe/Berlin",
                        List.of(
                                task(
                                        "reminder",
                                        "{\"type\":\"period\",\"amount\":3,\"unit\":\"days\",\"at\":\"08:30\"}",
                                        "/reminders"),
                                task(
                                        "second reminder",
                                        "{\"type\":\"weekdays\",\"days\":[\"MONDAY\",\"TUESDAY\",\"WEDNESDAY\",\"THURSDAY\",\"FRIDAY\"],\"at\":\"08:00\"}",
                                        "/reminders"),
                                task(
                                        "collection",
                                        "{\"type\":\"period\",\"amount\":2,\"unit\":\"weeks\",\"at\":\"08:00\"}",
                                        "/collections")))));
        String renewals = id(post(
                "/v1/workflows",
                workflow(
                        "Renewals",
                        "America/New_York",
                        List.of(
                                task(
                                        "ask",
                                        "{\"type\":\"period\",\"amount\":4,\"unit\":\"weeks\",\"at\":\"09:00\"}",
                                        "/renewals"),
                                task(
                                        "leap day offer",
                                        "{\"type\":\"date\",\"date\":\"--02-29\",\"at\":\"12:00\"}",
                                        "/offers")))));
        String contacts = id(post(
                "/v1/workflows",
                workflow(
                        "CRM sync",
                        "UTC",
                        List.of(
                                task(
                                        "push contact",
                                        "{\"type\":\"period\",\"amount\":5,\"unit\":\"seconds\"}",
                                        "/contacts?fail=2"),
                                task(
                                        "push score",
                                        "{\"type\":\"period\",\"amount\":10,\"unit\":\"seconds\"}",
                                        "/scores?status=410"),
                                task("done", "{\"type\":\"period\",\"amount\":1,\"unit\":\"days\"}", "/done")))));
        for (String workflow : List.of(onboarding, invoices, renewals)) {
            runs(workflow, RUNS_OF_EACH);
        }
        runs(contacts, 60);
        Random random = new Random(7);
        timers(IntStream.range(0, LONE_TIMERS)
                .mapToObj(n -> timer("demo-alone-" + n, later(random), "/letters"))
                .toList());
        timers(IntStream.range(0, SOON)
                .mapToObj(n -> timer("demo-soon-" + n, minutes(1 + random.nextInt(SOON_MINUTES)), "/letters"))
                .toList());
        timers(IntStream.range(0, SOON)
                .mapToObj(n -> timer("demo-webinar-" + n, minutes(WEBINAR_MINUTES), "/invitations"))
                .toList());
        timers(IntStream.range(0, BURST)
                .mapToObj(n -> timer(
                        "demo-burst-" + n,
                        "{\"type\":\"period\",\"amount\":1,\"unit\":\"days\",\"at\":\"09:00\"}",
                        "/newsletter"))
                .toList());
        timers(IntStream.range(0, 40)
                .mapToObj(n -> timer(
                        "demo-broken-" + n,
                        "{\"type\":\"period\",\"amount\":0,\"unit\":\"seconds\"}",
                        "/hooks?failAlways"))
                .toList());
        post(
                "/v1/timers/pause",
                "{\"filter\":{\"workflowId\":\"" + renewals
                        + "\"},\"limit\":40,\"reason\":\"prices are being changed\"}");
        post(
                "/v1/timers/cancel",
                "{\"filter\":{\"workflowId\":\"" + invoices + "\"},\"limit\":30,\"reason\":\"paid in person\"}");
    }

    /** More of them soon than late, on a round hour of the day. */
    private static String later(Random random) {
        int days = (int) (DAYS * Math.pow(random.nextDouble(), 2));
        int hour = random.nextInt(3) == 0 ? random.nextInt(24) : 9;
        return "{\"type\":\"period\",\"amount\":%d,\"unit\":\"days\",\"at\":\"%02d:00\",\"timezone\":\"%s\"}"
                .formatted(Math.max(1, days), hour, ZONES.get(random.nextInt(ZONES.size())));
    }

    /** Until it is told to end. After an hour it is only there so that nothing looks dead. */
    private void drip() throws InterruptedException {
        long begun = System.nanoTime();
        for (long turn = 0; ; turn++) {
            boolean full = System.nanoTime() - begun < FULL_DRIP.toNanos();
            List<String> timers = new ArrayList<>();
            for (int n = 0; n < (full ? 20 : 1); n++) {
                timers.add(timer(null, seconds(5), turn % 10 == 0 && n == 0 ? "/hooks?failAlways" : "/events"));
            }
            if (full) {
                timers.add(action(null, seconds(5), slow + "/reports?delay=3s"));
                timers.add(action(null, seconds(6), slow + "/reports?delay=3s"));
            }
            try {
                timers(timers);
            } catch (IOException e) {
                LOG.debug("The service did not take the demonstration's timers", e);
            }
            Thread.sleep(1000);
        }
    }

    private static String minutes(int amount) {
        return "{\"type\":\"period\",\"amount\":" + amount + ",\"unit\":\"minutes\"}";
    }

    private static String seconds(int amount) {
        return "{\"type\":\"period\",\"amount\":" + amount + ",\"unit\":\"seconds\"}";
    }

    private String workflow(String name, String zone, List<String> tasks) {
        return "{\"name\":\"%s\",\"timezone\":\"%s\",\"tasks\":[%s]}".formatted(name, zone, String.join(",", tasks));
    }

    private String task(String name, String delay, String path) {
        return "{\"name\":\"%s\",\"delay\":%s,\"action\":{\"method\":\"POST\",\"url\":\"%s\",\"body\":{\"to\":\"{{input.email}}\",\"text\":\"{{task.name}}\"}}}"
                .formatted(name, delay, good + path);
    }

    private String timer(@Nullable String timerKey, String delay, String path) {
        return action(timerKey, delay, good + path);
    }

    private static String action(@Nullable String timerKey, String delay, String url) {
        return "{%s\"delay\":%s,\"retry\":{\"initialBackoff\":\"PT2S\"},\"action\":{\"url\":\"%s\"}}"
                .formatted(timerKey == null ? "" : "\"key\":\"" + timerKey + "\",", delay, url);
    }

    private void runs(String workflow, int count) throws IOException, InterruptedException {
        List<String> runs = IntStream.range(0, count)
                .mapToObj(n ->
                        "{\"key\":\"demo-%d\",\"timezone\":\"%s\",\"input\":{\"email\":\"customer-%d@example.com\"}}"
                                .formatted(n, ZONES.get(n % ZONES.size()), n))
                .toList();
        bulk("/v1/workflows/" + workflow + "/runs/bulk", "runs", runs);
    }

    private void timers(List<String> timers) throws IOException, InterruptedException {
        bulk("/v1/timers/bulk", "timers", timers);
    }

    private void bulk(String path, String field, List<String> items) throws IOException, InterruptedException {
        for (int from = 0; from < items.size(); from += MOST_AT_ONCE) {
            String some = items.subList(from, Math.min(items.size(), from + MOST_AT_ONCE)).stream()
                    .collect(Collectors.joining(","));
            post(path, "{\"" + field + "\":[" + some + "]}");
        }
    }

    private static String id(String answer) {
        int at = answer.indexOf("\"id\":\"") + 6;
        return answer.substring(at, at + 36);
    }

    private String get(String path) throws IOException, InterruptedException {
        return send(request(path).GET());
    }

    private String post(String path, String body) throws IOException, InterruptedException {
        return send(request(path)
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(body)));
    }

    private HttpRequest.Builder request(String path) {
        HttpRequest.Builder request =
                HttpRequest.newBuilder(service.resolve(path)).timeout(Duration.ofSeconds(30));
        return key == null ? request : request.header("Authorization", "Bearer " + key);
    }

    private String send(HttpRequest.Builder request) throws IOException, InterruptedException {
        HttpResponse<String> answer = client.send(request.build(), HttpResponse.BodyHandlers.ofString());
        if (answer.statusCode() >= 300) {
            throw new IOException(answer.uri() + " was answered " + answer.statusCode() + ": " + answer.body());
        }
        return answer.body();
    }
}
