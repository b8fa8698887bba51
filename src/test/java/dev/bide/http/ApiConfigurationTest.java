package dev.bide.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import dev.bide.http.body.Patience;
import io.dropwizard.util.DataSize;
import java.io.IOException;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class ApiConfigurationTest {
    @Test
    void the_limits_are_the_documented_ones() throws IOException {
        ApiConfiguration limits = new ApiConfiguration();
        JsonNode file = new YAMLMapper()
                .readTree(ApiConfiguration.class.getResource("/config.yml"))
                .path("api");

        assertThat(limits.bodyLimit()).isEqualTo(1 << 20).isEqualTo(size(file, "maxBodySize"));
        assertThat(limits.inputLimit()).isEqualTo(256 << 10).isEqualTo(size(file, "maxInputSize"));
        assertThat(limits.bulkBodyLimit()).isEqualTo(32 << 20).isEqualTo(size(file, "maxBulkBodySize"));
        assertThat(limits.maxBodyNodes)
                .isEqualTo(150_000)
                .isEqualTo(file.path("maxBodyNodes").intValue());
        assertThat(limits.maxConcurrentBulkCalls)
                .isEqualTo(4)
                .isEqualTo(file.path("maxConcurrentBulkCalls").intValue());
        assertThat(file.path("maxBytesUnderWay").isNull()).isTrue();
        assertThat(limits.memoryLimit()).isEqualTo(Runtime.getRuntime().maxMemory() / 4);
        assertThat(limits.patience()).isEqualTo(new Patience(Duration.ofSeconds(30), 1 << 10));
        assertThat(file.path("bodyTimeout").textValue()).isEqualTo("30s");
        assertThat(size(file, "minBodyRate")).isEqualTo(1 << 10);
        assertThat(limits.answerMemory()).isEqualTo(Runtime.getRuntime().maxMemory() / 8);
        assertThat(limits.answerPatience()).isEqualTo(new Patience(Duration.ofMinutes(2), 1 << 10));
        assertThat(file.path("answerTimeout").textValue()).isEqualTo("2min");
        assertThat(size(file, "minAnswerRate")).isEqualTo(1 << 10);
    }

    private static int size(JsonNode file, String name) {
        return (int) DataSize.parse(file.path(name).textValue()).toBytes();
    }
}
