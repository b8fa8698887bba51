package dev.bide.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bide.delivery.DeliveryOutcome.Delivered;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Map;
import mockwebserver3.MockResponse;
import mockwebserver3.MockWebServer;
import mockwebserver3.SocketEffect;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DelivererTlsIT {

    private static final MockResponse OK =
            new MockResponse.Builder().code(200).body("x").build();

    /** Records of TLS that are no part of an answer are not taken for bytes of one. */
    @Test
    void a_connection_that_died_idle_costs_no_attempt(@TempDir Path directory) throws Exception {
        try (MockWebServer server = new MockWebServer()) {
            server.useHttps(DelivererDestinationsIT.selfSigned(directory).getSocketFactory());
            server.start();
            try (Delivery delivery = trusting(directory.resolve("keys.p12"))) {
                server.enqueue(OK);
                server.enqueue(new MockResponse.Builder()
                        .onResponseStart(new SocketEffect.CloseSocket())
                        .build());
                server.enqueue(OK);
                DeliveryRequest request = Requests.post("https://127.0.0.1:" + server.getPort() + "/");
                assertThat(delivery.deliverer().deliver(request)).isInstanceOf(Delivered.class);
                assertThat(delivery.deliverer().deliver(request)).isInstanceOf(Delivered.class);
                assertThat(delivery.figures().resent()).isEqualTo(1);
                assertThat(server.getRequestCount()).isEqualTo(3);
            }
        }
    }

    private static Delivery trusting(Path store) {
        Map<String, String> settings = Map.of(
                "javax.net.ssl.trustStore", store.toString(),
                "javax.net.ssl.trustStorePassword", "changeit",
                "javax.net.ssl.trustStoreType", "PKCS12");
        settings.forEach(System::setProperty);
        try {
            return new DeliveryConfiguration().allowing("127.0.0.0/8").build(InstantSource.system());
        } finally {
            settings.keySet().forEach(System::clearProperty);
        }
    }
}
