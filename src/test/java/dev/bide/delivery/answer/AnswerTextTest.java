package dev.bide.delivery.answer;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_16LE;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.Charset;
import java.util.Arrays;
import okhttp3.MediaType;
import okio.ByteString;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What is kept of each kind of answer. */
class AnswerTextTest {

    private static @Nullable String text(String text, Charset charset, @Nullable String type) {
        return text(text.getBytes(charset), type);
    }

    private static @Nullable String text(byte[] bytes, @Nullable String type) {
        return new AnswerText(ByteString.of(bytes), type == null ? null : MediaType.parse(type)).text();
    }

    @Test
    void text_is_kept_in_the_charset_that_it_is_said_to_have() {
        assertThat(text("{\"error\":\"größer\"}", UTF_8, "application/json")).isEqualTo("{\"error\":\"größer\"}");
        assertThat(text("größer", UTF_8, null)).isEqualTo("größer");
        assertThat(text("größer", ISO_8859_1, "text/plain; charset=ISO-8859-1")).isEqualTo("größer");
        assertThat(text("größer", UTF_16LE, "text/plain; charset=utf-16le")).isEqualTo("größer");
        assertThat(text("größer", UTF_8, "text/plain; charset=nonsense")).isEqualTo("größer");
    }

    @Test
    void the_last_character_is_whole_or_left_out() {
        byte[] smile = "ok 😀".getBytes(UTF_8);
        assertThat(text(smile, null)).isEqualTo("ok 😀");
        assertThat(text(Arrays.copyOf(smile, smile.length - 1), null)).isEqualTo("ok ");
        assertThat(text(Arrays.copyOf(smile, smile.length - 3), null)).isEqualTo("ok ");
        byte[] wide = "ok 😀".getBytes(UTF_16LE);
        assertThat(text(Arrays.copyOf(wide, wide.length - 2), "text/plain; charset=utf-16le"))
                .isEqualTo("ok ");
    }

    @Test
    void what_can_not_be_kept_or_shown_is_replaced() {
        assertThat(text("a line\r\nand\ta tab\rend\u0000 and \u001b[31mred", UTF_8, null))
                .isEqualTo("a line\nand\ta tab\nend\ufffd and \ufffd[31mred");
        byte[] half = "twelve letters".getBytes(UTF_16LE);
        half[2] = 0;
        half[3] = (byte) 0xd8;
        assertThat(text(half, "text/plain; charset=utf-16le")).isEqualTo("t\ufffdlve letters");
    }

    @Test
    void what_is_no_text_is_not_kept() {
        assertThat(text("PNG", UTF_8, "image/png")).isNull();
        assertThat(text("PNG", UTF_8, "Image/PNG")).isNull();
        assertThat(text("any", UTF_8, "application/octet-stream")).isNull();
        assertThat(text("", UTF_8, "text/plain")).isNull();
        assertThat(AnswerText.NONE.text()).isNull();
        assertThat(text("nine good".concat("\u0000").getBytes(UTF_8), null))
                .as("one in ten")
                .isNotNull();
        assertThat(text("eight ok".concat("\u0000").getBytes(UTF_8), null))
                .as("more")
                .isNull();
        byte[] gzip = {0x1f, (byte) 0x8b, 8, 0, 0, 0, 0, 0, 0, 3, (byte) 0xcb, 0x48, (byte) 0xcd};
        assertThat(text(gzip, "application/json")).isNull();
    }

    @Test
    void a_line_for_an_error_is_shorter() {
        AnswerText answer = new AnswerText(ByteString.encodeUtf8("x".repeat(1_024)), null);
        assertThat(answer.ofError()).hasSize(256);
        assertThat(answer.text()).hasSize(1_024);
    }
}
