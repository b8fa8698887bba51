package dev.bide.loadtest.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import com.standardwebhooks.Webhook;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class LedgerThirdPartyTest {
    private static final Instant DUE = Instant.parse("2027-03-01T09:00:00.123Z");
    private static final UUID TIMER = UUID.fromString("01a21c67-9992-7642-aae3-4ec46e104d05");

    private LedgerThirdParty thirdParty;

    @BeforeEach
    void open() throws IOException {
        thirdParty = new LedgerThirdParty(() -> 3);
    }

    @AfterEach
    void close() throws IOException {
        thirdParty.close();
    }

    @Test
    void keeps_who_called_for_what_and_what_it_was_answered() throws Exception {
        long before = System.currentTimeMillis();
        assertThat(call("/flaky", 1, "FLAKY-7", 2)).isEqualTo(503);
        assertThat(call("/flaky", 2, "FLAKY-7", 3)).isEqualTo(200);
        assertThat(call("/step/2?ms=20", 1, "RUN-1", 4)).isEqualTo(200);
        List<Call> calls = List.copyOf(thirdParty.calls());
        assertThat(calls).extracting(Call::subject).containsExactly("FLAKY-7", "FLAKY-7", "RUN-1");
        assertThat(calls).extracting(Call::step).containsExactly(0, 0, 2);
        assertThat(calls).extracting(Call::attempt).containsExactly(1, 2, 1);
        assertThat(calls).extracting(Call::status).containsExactly(503, 200, 200);
        assertThat(calls).extracting(Call::node).as("the fourth is nobody's").containsExactly(2, 3, 0);
        assertThat(calls).extracting(Call::timer).containsOnly(TIMER);
        assertThat(calls).extracting(Call::dueAt).containsOnly(DUE.toEpochMilli());
        assertThat(calls).allMatch(call -> call.at() >= before && call.at() <= System.currentTimeMillis());
        assertThat(thirdParty.taken()).isEqualTo(2);
    }

    /** Signed with the secret that the node is configured with. */
    private int call(String path, int attempt, String subject, int node) throws Exception {
        String body = "{\"subject\":\"" + subject + "\"}";
        String signature = new Webhook(NodeSecret.of(node)).sign(TIMER.toString(), 1_700_000_000, body);
        HttpRequest request = HttpRequest.newBuilder(URI.create(thirdParty.url() + path))
                .header("Idempotency-Key", TIMER.toString())
                .header("Bide-Attempt", Integer.toString(attempt))
                .header("Bide-Due-At", DUE.toString())
                .header("webhook-timestamp", "1700000000")
                .header("webhook-signature", signature)
                .POST(BodyPublishers.ofString(body))
                .build();
        return HttpClient.newHttpClient()
                .send(request, BodyHandlers.discarding())
                .statusCode();
    }
}
