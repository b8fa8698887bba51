package dev.bide.delivery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.dropwizard.jackson.Jackson;
import io.dropwizard.jersey.validation.Validators;
import io.dropwizard.util.DataSize;
import io.dropwizard.util.Duration;
import jakarta.validation.ConstraintViolation;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DeliveryConfigurationTest {

    private static final ObjectMapper MAPPER = Jackson.newObjectMapper();

    private static DeliveryConfiguration read(String json) throws Exception {
        return MAPPER.readValue(json, DeliveryConfiguration.class);
    }

    @Test
    void defaults() throws Exception {
        DeliveryConfiguration configuration = read("{}");
        assertThat(configuration.allowedPrivateNetworks).isEmpty();
        assertThat(configuration.signingSecrets).isEmpty();
        assertThat(configuration.connectTimeout).isEqualTo(Duration.seconds(3));
        assertThat(configuration.keepAlive).isEqualTo(Duration.seconds(4));
        assertThat(configuration.answerSize).isEqualTo(DataSize.kibibytes(64));
        assertThat(configuration.resolveWhenStored).isTrue();
        assertThat(configuration.rememberedDestinations).isEqualTo(10_000);
        assertThat(configuration.longestAskedPause).isEqualTo(Duration.minutes(5));
        assertThat(configuration.deferralsPerSecond).isEqualTo(300);
        assertThat(configuration.destinations).isEmpty();
        assertThat(configuration.limits.urlLength).isEqualTo(2048);
        assertThat(configuration.limits.headerCount).isEqualTo(32);
        assertThat(configuration.limits.headersLength).isEqualTo(8192);
        assertThat(configuration.limits.bodySize).isEqualTo(DataSize.kibibytes(64));
        assertThat(configuration.limits.filledBodySize).isEqualTo(DataSize.mebibytes(1));
        assertThat(Validators.newValidator().validate(configuration)).isEmpty();
    }

    @Test
    void every_field_can_be_set() throws Exception {
        DeliveryConfiguration configuration = read("""
                {"allowedPrivateNetworks":["10.0.0.0/8","::1/128"],
                 "signingSecrets":["whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"],
                 "connectTimeout":"1s","keepAlive":"30s","answerSize":"1KiB","resolveWhenStored":false,
                 "rememberedDestinations":5,
                 "limits":{"urlLength":100,"headerCount":1,"headersLength":2,"bodySize":"3B","filledBodySize":"4B"},
                 "defaultDestination":{"maxConcurrentCalls":7,"callsPerSecond":8},
                 "destinations":{"api.example.com:8443":{"maxConcurrentCalls":9}}}
                """);
        assertThat(configuration.allowedPrivateNetworks).hasSize(2);
        assertThat(configuration.limits.bodySize).isEqualTo(DataSize.bytes(3));
        assertThat(configuration.destinations).containsOnlyKeys("api.example.com:8443");
        configuration.build(InstantSource.system()).close();
    }

    /** As environment variables give them. */
    @Test
    void lists_may_be_one_text_or_nothing() throws Exception {
        for (String nothing : List.of("null", "\"\"", "\" \"", "[]", "[\"\"]")) {
            DeliveryConfiguration none =
                    read("{\"allowedPrivateNetworks\":" + nothing + ",\"signingSecrets\":" + nothing + "}");
            try (Delivery delivery = none.build(InstantSource.system())) {
                assertThat(delivery.rules()
                                .check(List.of(new HttpAction("POST", "http://127.0.0.1/", Map.of(), null)))
                                .get(0))
                        .hasSize(1);
            }
        }
        try (Delivery delivery =
                read("{\"allowedPrivateNetworks\":\"127.0.0.0/8, ::1/128\"}").build(InstantSource.system())) {
            for (String host : List.of("127.0.0.1", "[::1]")) {
                assertThat(delivery.rules()
                                .check(List.of(new HttpAction("POST", "http://" + host + "/", Map.of(), null)))
                                .get(0))
                        .isEmpty();
            }
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"connectTimeout\":\"0s\"}",
                "{\"keepAlive\":\"1h\"}",
                "{\"answerSize\":\"0B\"}",
                "{\"rememberedDestinations\":0}",
                "{\"limits\":{\"urlLength\":1}}",
                "{\"limits\":null}",
                "{\"defaultDestination\":{\"maxConcurrentCalls\":0}}",
                "{\"defaultDestination\":{\"callsPerSecond\":-1}}",
                "{\"defaultDestination\":{\"breaker\":{\"failureRate\":101}}}",
                "{\"destinations\":{\"a\":{\"breaker\":{\"trialCalls\":0}}}}"
            })
    void refuses_what_makes_no_sense(String json) throws Exception {
        assertThat(Validators.newValidator().validate(read(json)))
                .extracting(ConstraintViolation::getMessage)
                .hasSize(1);
    }

    @Test
    void names_the_field_that_cannot_be_read() {
        assertThatThrownBy(() ->
                        new DeliveryConfiguration().allowing("10.0.0.0/33").build(InstantSource.system()))
                .hasMessageStartingWith("allowedPrivateNetworks: ");
        DeliveryConfiguration secret = new DeliveryConfiguration();
        secret.signingSecrets = List.of("hush-hush");
        assertThatThrownBy(() -> secret.build(InstantSource.system()))
                .hasMessageStartingWith("signingSecrets: ")
                .hasMessageNotContaining("hush");
    }
}
