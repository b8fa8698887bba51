package dev.bide.loadtest.chaos;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.HttpTimeoutException;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class SlowThirdPartiesTest {
    private final HttpClient client = HttpClient.newHttpClient();

    @Test
    void hang_drip_reset_and_are_busy_until_they_get_well() throws Exception {
        try (SlowThirdParties slow = new SlowThirdParties()) {
            assertThat(slow.urls()).hasSize(4);
            assertThatThrownBy(() -> call(slow.urls().get(0), 300)).isInstanceOf(HttpTimeoutException.class);
            HttpResponse<InputStream> drips =
                    client.send(request(slow.urls().get(1), 5_000), BodyHandlers.ofInputStream());
            assertThat(drips.statusCode()).isEqualTo(200);
            assertThat(drips.body().read()).as("the first drop").isEqualTo('.');
            drips.body().close();
            assertThatThrownBy(() -> call(slow.urls().get(2), 5_000))
                    .isInstanceOf(IOException.class)
                    .isNotInstanceOf(HttpTimeoutException.class);
            HttpResponse<String> busy = call(slow.urls().get(3), 5_000);
            assertThat(busy.statusCode()).isEqualTo(429);
            assertThat(busy.headers().firstValue("Retry-After")).contains("1");
            slow.getWell();
            for (String url : slow.urls()) {
                assertThat(call(url, 5_000).statusCode()).isEqualTo(200);
            }
        }
    }

    private HttpResponse<String> call(String url, long millis) throws IOException, InterruptedException {
        return client.send(request(url, millis), BodyHandlers.ofString());
    }

    private static HttpRequest request(String url, long millis) {
        return HttpRequest.newBuilder(URI.create(url))
                .version(HttpClient.Version.HTTP_1_1)
                .timeout(Duration.ofMillis(millis))
                .POST(BodyPublishers.ofString("{}"))
                .build();
    }
}
