package dev.bide.loadtest;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class LeanThirdPartyTest {
    private final HttpClient client =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private LeanThirdParty thirdParty;
    private Thread thread;

    @AfterEach
    void stop() throws IOException, InterruptedException {
        thread.interrupt(); // ends the select
        thirdParty.close();
        thread.join();
    }

    @Test
    void notes_each_key_with_its_first_receipt_its_due_time_and_how_often_it_came() throws Exception {
        start(1000, 0);
        long before = System.currentTimeMillis();
        Set<String> expected = new HashSet<>();
        for (int call = 0; call < 50; call++) {
            String key = UUID.randomUUID().toString();
            Instant due = Instant.ofEpochMilli(before - call);
            for (int time = 0; time <= call % 3; time++) {
                HttpResponse<String> answer =
                        client.send(call(key, due, "x".repeat(call * 1000)), HttpResponse.BodyHandlers.ofString());
                assertThat(answer.statusCode()).isEqualTo(200);
                assertThat(answer.body()).isEqualTo("{\"received\":true}\n");
            }
            expected.add(key + "," + due.toEpochMilli() + "," + (call % 3 + 1));
        }
        assertThat(Http.get(thirdParty.url() + "/_calls/count")).isEqualTo("{\"keys\":50}");
        List<String> lines = Http.get(thirdParty.url() + "/_ledger").lines().toList();
        assertThat(lines.get(0)).isEqualTo("key,firstReceivedAt,dueAt,count");
        Set<String> found = new HashSet<>();
        for (String line : lines.subList(1, lines.size())) {
            String[] fields = line.split(",");
            assertThat(Long.parseLong(fields[1])).isBetween(before, System.currentTimeMillis());
            found.add(fields[0] + "," + fields[2] + "," + fields[3]);
        }
        assertThat(found).isEqualTo(expected);
    }

    @Test
    void makes_many_callers_wait_at_once() throws Exception {
        start(1000, 300);
        long started = System.nanoTime();
        List<CompletableFuture<HttpResponse<String>>> answers = new ArrayList<>();
        for (int call = 0; call < 20; call++) {
            answers.add(client.sendAsync(
                    call(UUID.randomUUID().toString(), Instant.now(), "{}"), HttpResponse.BodyHandlers.ofString()));
        }
        for (CompletableFuture<HttpResponse<String>> answer : answers) {
            assertThat(answer.get().statusCode()).isEqualTo(200);
        }
        assertThat(System.nanoTime() - started).isGreaterThanOrEqualTo(300_000_000L);
        assertThat(Http.get(thirdParty.url() + "/_calls/count")).isEqualTo("{\"keys\":20}");
    }

    private void start(int capacity, long delayMillis) throws IOException {
        thirdParty = new LeanThirdParty(capacity, delayMillis);
        thread = new Thread(thirdParty::run);
        thread.start();
    }

    private HttpRequest call(String key, Instant due, String body) {
        return HttpRequest.newBuilder(URI.create(thirdParty.url() + "/reminders"))
                .header("Idempotency-Key", key)
                .header("Bide-Due-At", due.toString())
                .POST(HttpRequest.BodyPublishers.ofString(body))
                .build();
    }
}
