package dev.bide.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bide.delivery.DeliveryOutcome.Delivered;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import mockwebserver3.MockResponse;
import mockwebserver3.MockWebServer;
import mockwebserver3.RecordedRequest;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class DelivererTest {

    private static final Instant DUE = Instant.parse("2026-03-01T09:00:00.120Z");

    private final MockWebServer thirdParty = new MockWebServer();
    private final DeliveryConfiguration configuration = new DeliveryConfiguration();

    @BeforeEach
    void start() throws Exception {
        thirdParty.start();
        configuration.allowedPrivateNetworks = List.of("127.0.0.0/8");
    }

    @AfterEach
    void stop() {
        thirdParty.close();
    }

    @Test
    void sendsTheActionWithBidesHeaders() throws Exception {
        thirdParty.enqueue(new MockResponse.Builder().code(204).build());
        try (Delivery delivery = configuration.build(InstantSource.system())) {
            DeliveryOutcome outcome = delivery.deliverer()
                    .deliver(new DeliveryRequest(
                            "t1",
                            2,
                            DUE,
                            new HttpAction(
                                    "POST",
                                    thirdParty.url("/hook?a=b").toString(),
                                    Map.of("X-Run", "{{run.id}}"),
                                    "{\"to\":\"{{input.email}}\",\"n\":1.10}"),
                            new RunValues("r1", null, "hello", "{\"email\":\"a\\\"b\"}"),
                            Duration.ofSeconds(5)));
            assertThat(outcome).isInstanceOf(Delivered.class);
        }
        RecordedRequest request = thirdParty.takeRequest();
        assertThat(request.getTarget()).isEqualTo("/hook?a=b");
        assertThat(request.getBody().utf8()).isEqualTo("{\"to\":\"a\\\"b\",\"n\":1.10}");
        assertThat(request.getHeaders().get("Idempotency-Key")).isEqualTo("t1");
        assertThat(request.getHeaders().get("Bide-Attempt")).isEqualTo("2");
        assertThat(request.getHeaders().get("Bide-Due-At")).isEqualTo("2026-03-01T09:00:00.120Z");
        assertThat(request.getHeaders().get("X-Run")).isEqualTo("r1");
        assertThat(request.getHeaders().get("Content-Type")).isEqualTo("application/json");
        assertThat(request.getHeaders().get("User-Agent")).startsWith("Bide/");
    }
}
