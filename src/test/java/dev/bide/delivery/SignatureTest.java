package dev.bide.delivery;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.standardwebhooks.Webhook;
import com.standardwebhooks.exceptions.WebhookVerificationException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SignatureTest {

    private static final String SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
    private static final String OTHER = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD";

    /** The example that the implementations of the Standard Webhooks specification are tested with. */
    @Test
    void signs_the_published_example() {
        assertThat(new Signature(List.of(SECRET))
                        .sign("msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330L, "{\"test\": 2432232314}".getBytes(UTF_8)))
                .isEqualTo("v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
    }

    @Test
    void signs_by_each_secret_while_they_are_changed() {
        byte[] body = {};
        String both = new Signature(List.of(OTHER, SECRET)).sign("a", 1, body);
        assertThat(both.split(" "))
                .containsExactly(
                        new Signature(List.of(OTHER)).sign("a", 1, body),
                        new Signature(List.of(SECRET)).sign("a", 1, body));
    }

    /** By the library that the specification's authors have for those who are called; it takes none that is old. */
    @Test
    void receivers_take_what_is_signed() throws Exception {
        long now = System.currentTimeMillis() / 1000;
        String body = "{\"to\":\"Zo\u00eb\"}";
        Map<String, List<String>> headers = Map.of(
                "webhook-id", List.of("018f-t1"),
                "webhook-timestamp", List.of(Long.toString(now)),
                "webhook-signature",
                        List.of(new Signature(List.of(OTHER, SECRET)).sign("018f-t1", now, body.getBytes(UTF_8))));
        new Webhook(OTHER).verify(body, headers);
        new Webhook(SECRET).verify(body, headers);
        assertThatThrownBy(() -> new Webhook(SECRET).verify("{}", headers))
                .isInstanceOf(WebhookVerificationException.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "whsec_", "whsec_c2hvcnQ=", "whsec_%%%%", "whsec"})
    void refuses_what_is_no_secret_without_repeating_it(String secret) {
        assertThatThrownBy(() -> new Signature(List.of(secret)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("signingSecrets: each must");
    }
}
