package dev.bide.workflow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.bide.json.InvalidException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class JsonTextTest {
    private static final ObjectMapper MAPPER = Json.mapper();

    @ParameterizedTest
    @ValueSource(
            strings = {
                "1e3",
                "-0",
                "1.0",
                "1234567890123456789012345678901234567890.12345678901234567890",
                "true",
                "\"\\u0000 ğ \\uD83D\\uDE00 \\\" \\n\"",
                "{}",
                "[]",
                "{\"a\":[{},{\"b\":null,\"c\":[1E-7,[0.10]]}],\"b\":2}",
            })
    void is_read_and_written_digit_by_digit(String text) throws JsonProcessingException {
        Action action = MAPPER.readValue("{\"url\":\"http://a\",\"body\":" + text + "}", Action.class);
        JsonText body = action.body();
        assertThat(body).isNotNull();
        assertThat(MAPPER.readTree(body.text())).isEqualTo(MAPPER.readTree(text));
        if (!text.contains("\\u")) {
            assertThat(body.text()).isEqualTo(text);
        }
        String written = MAPPER.writeValueAsString(action);
        assertThat(MAPPER.readValue(written, Action.class)).isEqualTo(action);
        assertThat(written).endsWith("\"body\":" + body.text() + "}");
    }

    @Test
    void a_body_of_null_is_none() throws JsonProcessingException {
        assertThat(MAPPER.readValue("{\"url\":\"http://a\",\"body\":null}", Action.class)
                        .body())
                .isNull();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "{", "{} {}", "[1,]", "nul", "\"a"})
    void is_one_value(String text) {
        assertThatThrownBy(() -> JsonText.parse(text)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void of_a_run_must_be_an_object() {
        assertThat(new RunDraft(null, null, JsonText.parse(" {}")).input().isObject())
                .isTrue();
        assertThatThrownBy(() -> new RunDraft(null, null, JsonText.parse("[]"))).isInstanceOf(InvalidException.class);
    }
}
