package dev.bide.workflow.figures;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FailureTextTest {
    /** Errors as attempts have them, and what is left of each. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
                    answer 404 | answer 404
                    answer 500 | answer 500
                    answer -1 | answer -1
                    answer 404: Not Found | Not Found
                    answer 422: No customer 4711 | No customer {n}
                    answer 422: No customer 12345678901 | No customer {n}
                    answer 422: no such order 0198a1b2-7c3d-7e4f-8a5b-6c7d8e9fa0b1 | no such order {id}
                    answer 422: {"error":"unknown id 0198A1B2-7C3D-7E4F-8A5B-6C7D8E9FA0B1"} | {"error":"unknown id {id}"}
                    answer 400: {"code":1042,"message":"amount must be below 99.50"} | {"code":{n},"message":"amount must be below {n}"}
                    answer 400: "email" is not valid | "email" is not valid
                    answer 400: ada@example.com is not subscribed | {address} is not subscribed
                    answer 400: <ada.lovelace+news@mail.example.co.uk> bounced | <{address}> bounced
                    answer 401: token expired at 2027-03-01T09:00:00Z | token expired at {time}
                    answer 401: token expired at 2027-03-01T09:00:00.123+01:00. | token expired at {time}.
                    answer 401: token expired on 2027-03-01 | token expired on {time}
                    answer 401: expired 2027-03-01 09:00:00,512 | expired {time}
                    answer 401: Expires Mon, 01 Mar 2027 09:00:00 GMT | Expires {time}
                    answer 403: blocked by rule 0x1F | blocked by rule {id}
                    answer 403: trace deadbeef12345678 | trace {id}
                    answer 403: request 4bf92f3577b34da6a3ce929d0e0e4736 denied | request {id} denied
                    answer 409: commit 9fceb02 is gone | commit {id} is gone
                    answer 409: ch_1NirD82eZvKYlo2CIvbtLWuY was refunded | ch_{id} was refunded
                    answer 409: order_42 exists | order_{n} exists
                    answer 410: https://api.example.com/v1/orders/77?x=1 has gone | {address} has gone
                    answer 410: see <a href="https://example.com/a/b">here</a> | see <a href="{address}">here</a>
                    answer 429: retry in 30s | retry in {n}s
                    answer 429: Rate limit of 1,000 per 1 h | Rate limit of {n} per {n} h
                    answer 500: Internal Server Error | Internal Server Error
                    answer 500: java.lang.IllegalStateException: pool-3-thread-17 | java.lang.IllegalStateException: pool-{n}-thread-{n}
                    answer 500: at Foo.java:118 | at Foo.java:{n}
                    answer 502: <html><head><title>502 Bad Gateway</title></head> | <html><head><title>{n} Bad Gateway</title></head>
                    answer 503: upstream 10.0.0.17:8080 is down | upstream {address} is down
                    answer 503: upstream 10.0.0.17 is down | upstream {address} is down
                    answer 503: version 1.2.3 is old | version {n} is old
                    answer 503: no   healthy     upstream | no healthy upstream
                    answer 500: sha256 of utf8 text in http2 | sha256 of utf8 text in http2
                    answer 500: took 153ms | took {n}ms
                    answer 500: window 09:00-17:30 closed | window {time} closed
                    answer 500: 50% of 3 | {n}% of {n}
                    answer 500: Zeile 5, Spalte 17: Ungültig | Zeile {n}, Spalte {n}: Ungültig
                    answer 500: 番号5がありません | 番号5がありません
                    answer 500: #5 | #{n}
                    no answer within 10000 ms | no answer within {n} ms
                    the connection was closed before an answer came | the connection was closed before an answer came
                    the connection was closed before an answer came, then: timeout | the connection was closed before an answer came, then: timeout
                    the answer can't be read | the answer can't be read
                    internal error: ClassCastException | internal error: ClassCastException
                    the url can't be called | the url can't be called
                    must not be called: 10.0.0.5 is a private address | must not be called: {address} is a private address
                    must not be called: fd00::5 is a private address | must not be called: {address} is a private address
                    DNS: api.example.com | DNS: api.example.com
                    DNS: no answer from 127.0.0.53:53 | DNS: no answer from {address}
                    TLS: PKIX path building failed | TLS: PKIX path building failed
                    TLS: No subject alternative names matching IP address 10.1.2.3 found | TLS: No subject alternative names matching IP address {address} found
                    TLS: certificate expired on 2026-01-01T00:00Z | TLS: certificate expired on {time}
                    Failed to connect to api.example.com/93.184.216.34:443 | Failed to connect to api.example.com/{address}
                    Failed to connect to /[2001:db8::1]:443 | Failed to connect to /{address}
                    Connection refused | Connection refused
                    Connection reset | Connection reset
                    unexpected end of stream on https://api.example.com/... | unexpected end of stream on {address}
                    stream was reset: REFUSED_STREAM | stream was reset: REFUSED_STREAM
                    Unexpected char 0x0a at 12 in header value | Unexpected char {id} at {n} in header value
                    The body would be 1048577 bytes, more than 1048576 | The body would be {n} bytes, more than {n}
                    """)
    void leaves_what_is_alike(String error, String text) {
        assertThat(FailureText.of(error)).isEqualTo(text);
        assertThat(FailureText.of(FailureText.of(error))).as("once more").isEqualTo(text);
    }

    @Test
    void is_cut_at_a_whole_character() {
        String text = FailureText.of("\uD83D\uDE00".repeat(500));
        assertThat(text.codePointCount(0, text.length())).isEqualTo(Death.LONGEST_TEXT);
        assertThat(text).isEqualTo("\uD83D\uDE00".repeat(Death.LONGEST_TEXT));
    }

    /** Nodes of one cluster must make the same of it: the number is stored. */
    @Test
    void a_problem_has_the_same_id_on_every_node() {
        Death one = Death.of("api.example.com:443", 17, "refused", 422, "answer 422: No customer 4711");
        assertThat(one.text()).isEqualTo("No customer {n}");
        assertThat(one.problem()).isEqualTo(7_237_730_317_201_660_498L);
        assertThat(Death.of("api.example.com:443", 99, "refused", 422, "answer 422: No customer 12")
                        .problem())
                .as("whatever the lane, and the number")
                .isEqualTo(one.problem());
    }

    @Test
    void what_differs_in_anything_else_is_another_problem() {
        assertThat(new long[] {
                    Death.of("a:443", 1, "refused", 422, "x").problem(),
                    Death.of("b:443", 1, "refused", 422, "x").problem(),
                    Death.of("a:80", 1, "refused", 422, "x").problem(),
                    Death.of("a:443", 1, "failed", 422, "x").problem(),
                    Death.of("a:443", 1, "refused", 404, "x").problem(),
                    Death.of("a:443", 1, "refused", null, "x").problem(),
                    Death.of("a:443", 1, "refused", 422, "y").problem(),
                    Death.of("a:443", 1, "refused", 422, null).problem()
                })
                .doesNotHaveDuplicates();
    }
}
