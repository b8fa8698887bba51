package dev.bide.delivery.address;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bide.delivery.Delivery;
import dev.bide.delivery.DeliveryConfiguration;
import dev.bide.delivery.HttpAction;
import dev.bide.delivery.RawServer;
import dev.bide.delivery.Requests;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import okhttp3.HttpUrl;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TargetTest {

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/",
                "/?q='x'",
                "/it's/?a='",
                "/a/./b/../c",
                "/a/%2e%2E/b",
                "/..",
                "//a//b/",
                "/a?",
                "/?a=b&&c==d&=&+%20%2B",
                "/%7e~%C3%A9/;x=y,z!$&'()*+",
                "/?filter[a]=b&x=/?:@",
                "/a?b?c='?"
            })
    void each_byte_is_sent_as_it_is_written(String target) throws Exception {
        AtomicReference<String> head = new AtomicReference<>("");
        try (RawServer server = new RawServer(connection -> {
                    head.set(connection.request());
                    connection.answer("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
                });
                Delivery delivery =
                        new DeliveryConfiguration().allowing("127.0.0.0/8").build(InstantSource.system())) {
            String url = "http://127.0.0.1:" + server.port() + target;
            HttpAction action = new HttpAction("POST", url, Map.of(), null);
            assertThat(delivery.rules().check(List.of(action)).get(0)).isEmpty();
            delivery.deliverer().deliver(Requests.request(action, Duration.ofSeconds(10)));
            assertThat(head.get()).startsWith("POST " + target + " HTTP/1.1\r\n");
        }
    }

    @ParameterizedTest
    @CsvSource({
        "http://h?a, /?a",
        "http://h, /",
        "http://h/a'b#'x, /a'b",
        "http://h/stra\u00dfe?\u00fc='x', /stra%C3%9Fe?%C3%BC='x'",
        "http://h/\u00fc/./b'?\ud83d\ude00=%7e+', /%C3%BC/./b'?%F0%9F%98%80=%7e+'",
    })
    void what_can_not_be_sent_as_it_is_is_sent_as_a_uri(String url, String target) {
        HttpUrl parsed = Target.of(url).url();
        String query = parsed.encodedQuery();
        assertThat(parsed.encodedPath() + (query == null ? "" : "?" + query)).isEqualTo(target);
        assertThat(parsed.host()).isEqualTo("h");
    }

    @ParameterizedTest
    @ValueSource(strings = {"http://h/100%", "http://h/?a|b", "", "http://", "no url"})
    void nothing_fails_on_what_is_no_uri(String url) {
        Target target = Target.of(url);
        assertThat(target == null || !target.isValid()).isTrue();
    }
}
