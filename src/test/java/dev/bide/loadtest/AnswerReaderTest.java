package dev.bide.loadtest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** Every answer is cut after every one of its bytes, and goes on where it was cut. */
class AnswerReaderTest {
    private static final String FIRST = "0199aa00-1111-7abc-8def-0123456789ab";
    private static final String SECOND = "ffffffff-ffff-ffff-ffff-ffffffffffff";

    @Test
    void reads_an_answer_with_a_length() {
        String body =
                "{\"id\":\"" + FIRST + "\",\"status\":\"scheduled\",\"action\":{\"body\":{\"id\":\"" + SECOND + "\"}}}";
        String answer =
                "HTTP/1.1 201 Created\r\nDate: Tue, 24 Nov 2026 02:00:00 GMT\r\nContent-Type: application/json\r\ncontent-length: "
                        + body.length() + "\r\n\r\n" + body;
        for (AnswerReader reader : readInTwoPieces(answer)) {
            assertThat(reader.status()).isEqualTo(201);
            assertThat(reader.keepsAlive()).isTrue();
            assertThat(ids(reader, 1)).containsExactly(FIRST);
        }
    }

    @Test
    void joins_chunks_that_cut_an_id_in_two() {
        String body = "{\"results\":[{\"id\":\"" + FIRST + "\"},{\"error\":{}},{\"id\":\"" + SECOND + "\"}]}";
        String chunks =
                chunk(body.substring(0, 30)) + chunk(body.substring(30, 95)) + chunk(body.substring(95)) + "0\r\n\r\n";
        String answer = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n" + chunks;
        for (AnswerReader reader : readInTwoPieces(answer)) {
            assertThat(reader.status()).isEqualTo(200);
            assertThat(reader.keepsAlive()).isFalse();
            assertThat(reader.body()).isEqualTo(body);
            assertThat(ids(reader, 3)).containsExactly(FIRST, SECOND);
        }
    }

    @Test
    void reads_one_answer_after_another() {
        AnswerReader reader = new AnswerReader();
        for (int status = 500; status < 505; status++) {
            reader.next();
            assertThat(reader.take(bytes("HTTP/1.1 " + status + " Oh\r\nContent-Length: 2\r\n\r\nno")))
                    .isTrue();
            assertThat(reader.status()).isEqualTo(status);
            assertThat(reader.body()).isEqualTo("no");
            assertThat(ids(reader, 1)).isEmpty();
        }
    }

    @Test
    void refuses_an_id_that_is_none() {
        AnswerReader reader = new AnswerReader();
        String body = "{\"id\":\"" + "x".repeat(36) + "\"}";
        reader.take(bytes("HTTP/1.1 201 Created\r\nContent-Length: " + body.length() + "\r\n\r\n" + body));
        assertThatThrownBy(() -> ids(reader, 1)).hasMessageContaining("not an id");
    }

    private static List<AnswerReader> readInTwoPieces(String answer) {
        List<AnswerReader> readers = new ArrayList<>();
        for (int cut = 1; cut < answer.length(); cut++) {
            AnswerReader reader = new AnswerReader();
            assertThat(reader.take(bytes(answer.substring(0, cut))))
                    .as("cut at %d", cut)
                    .isFalse();
            assertThat(reader.take(bytes(answer.substring(cut))))
                    .as("cut at %d", cut)
                    .isTrue();
            readers.add(reader);
        }
        return readers;
    }

    private static String chunk(String data) {
        return Integer.toHexString(data.length()) + "\r\n" + data + "\r\n";
    }

    private static List<String> ids(AnswerReader reader, int limit) {
        List<String> ids = new ArrayList<>();
        reader.ids(limit, (most, least) -> ids.add(new UUID(most, least).toString()));
        return ids;
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
