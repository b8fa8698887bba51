package dev.bide.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ActionRulesTest {

    private final CountDownLatch never = new CountDownLatch(1);
    private final Delivery delivery = build(new DeliveryConfiguration());

    private Delivery build(DeliveryConfiguration configuration) {
        return configuration.build(InstantSource.system(), this::lookup);
    }

    private List<InetAddress> lookup(String name) throws UnknownHostException {
        return switch (name) {
            case "private.example" -> addresses("10.0.0.7");
            case "both.example" -> addresses("10.0.0.7", "8.8.8.8");
            case "mapped.example" -> addresses("::ffff:169.254.169.254");
            case "slow.example" -> {
                try {
                    never.await();
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
                throw new UnknownHostException(name);
            }
            case "nobody.example" -> throw new UnknownHostException(name);
            default -> addresses("8.8.8.8");
        };
    }

    private static List<InetAddress> addresses(String... literals) throws UnknownHostException {
        InetAddress[] found = new InetAddress[literals.length];
        for (int i = 0; i < literals.length; i++) {
            found[i] = InetAddress.getByName(literals[i]);
        }
        return List.of(found);
    }

    @AfterEach
    void close() {
        never.countDown();
        delivery.close();
    }

    private List<ActionProblem> check(String method, String url, Map<String, String> headers, @Nullable String body) {
        return delivery.rules()
                .check(List.of(new HttpAction(method, url, headers, body)))
                .get(0);
    }

    private List<ActionProblem> check(String url) {
        return check("POST", url, Map.of(), "{}");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "https://example.com",
                "http://example.com:8080/a/b?c=d&e=%20#f",
                "HTTPS://EXAMPLE.com./x",
                "http://8.8.8.8/",
                "http://[2606:4700::1111]:8443/x",
                "https://b\u00fccher.example/stra\u00dfe",
                "https://xn--bcher-kva.example/",
                "http://both.example/",
                "http://nobody.example/",
                "http://slow.example/",
                "http://a_b.example/",
                "http://example.com/a@b",
                "http://example.com?x=@y",
                "http://example.com?filter[name]='x'",
                "http://example.com/a;b=c,d/!$&'()*+",
                "http://[64:ff9b::808:808]/"
            })
    void takes_urls_that_can_be_called(String url) {
        assertThat(check(url)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "example.com",
                "//example.com",
                "/x",
                "http:",
                "http://",
                "http:///x",
                "http:/example.com",
                "http:example.com",
                "ftp://example.com",
                "file:///etc/passwd",
                "gopher://example.com",
                "javascript:alert(1)",
                "jar:http://example.com!/",
                "data:text/plain,x",
                "unix:///var/run/x",
                "http://user@example.com",
                "http://user:secret@example.com",
                "http://@example.com",
                "http://:@example.com",
                "http://example.com@127.0.0.1/",
                "http://example.com:80@127.0.0.1/",
                "http://example.com\\@127.0.0.1/",
                "http:\\\\example.com",
                "http://example.com:0",
                "http://example.com:65536",
                "http://example.com:-1",
                "http://example.com:80x",
                "http://example.com/100%",
                "http://example.com/%zz",
                "http://example.com/?a=%4",
                "http://example.com/a|b",
                "http://example.com/?a={b}",
                "http://example.com/?a=\"b\"",
                "http://example.com/<x>",
                "http://example.com/a^b",
                "http://example.com/`x`",
                "http://example.com/#a#b",
                "http://exa mple.com",
                "http://example.com/a b",
                "http://example.com/\n",
                "http://example.com/\r\nHost: x",
                "http://example.com/\u0000",
                "http://example.com/\u0085",
                "http://example.com/\u2028",
                " http://example.com",
                "http://example.com ",
                "http://exa\tmple.com",
                "http://[::1",
                "http://::1/",
                "http://[fe80::1%25eth0]/",
                "http://[v1.x]/",
                "http://[]/",
                "http://a..b/",
                "http://.example.com/",
                "http://ex%00ample.com/",
                "http://ex<ample.com/",
                "http://{{input.host}}/",
                "http://example.com/{{input.id}}",
                "http://example.com/?id={{run.id}}"
            })
    void refuses_urls_that_are_none(String url) {
        assertThat(check(url)).as(url).extracting(ActionProblem::field).containsExactly("url");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "http://127.0.0.1/",
                "http://127.1/",
                "http://127.0.1/",
                "http://2130706433/",
                "http://0x7f000001/",
                "http://0x7f.0.0.1/",
                "http://0177.0.0.1/",
                "http://017700000001/",
                "http://127.0.0.1./",
                "http://127.000.000.001/",
                "http://%31%32%37.0.0.1/",
                "http://\uff11\uff12\uff17.0.0.1/",
                "http://\u2460\u2461\u2466.0.0.1/",
                "http://127\u30020\u30020\u30021/",
                "http://127.0.0.1:80/",
                "http://0/",
                "http://0.0.0.0/",
                "http://[::1]/",
                "http://[::]/",
                "http://[0:0:0:0:0:0:0:1]/",
                "http://[::ffff:127.0.0.1]/",
                "http://[::ffff:7f00:1]/",
                "http://[::127.0.0.1]/",
                "http://[64:ff9b::7f00:1]/",
                "http://[2002:7f00:1::]/",
                "http://[fd00:ec2::254]/",
                "http://[fe80::1]/",
                "http://10.0.0.1/",
                "http://192.168.1.1/",
                "http://172.16.0.1/",
                "http://169.254.169.254/latest/meta-data",
                "http://100.64.0.1/",
                "http://224.0.0.1/",
                "http://255.255.255.255/",
                "http://localhost/",
                "http://LOCALHOST/",
                "http://localhost./",
                "http://a.localhost/",
                "http://localhost.localdomain/",
                "http://ip6-localhost/",
                "http://\uff4cocalhost/",
                "http://1.2.3.4.5/",
                "http://example.1/",
                "http://256.256.256.256/",
                "http://4294967296/",
                "http://example.0x7f/",
                "http://134744072/",
                "http://010.8.8.8/",
                "http://metadata.google.internal/computeMetadata/v1/",
                "http://METADATA.goog./",
                "http://private.example/",
                "http://PRIVATE.example./",
                "http://mapped.example/"
            })
    void refuses_addresses_that_are_not_public_however_they_are_spelled(String url) {
        assertThat(check(url)).as(url).extracting(ActionProblem::field).containsExactly("url");
    }

    @Test
    void says_what_an_odd_spelling_means() {
        assertThat(check("http://0x7f.1/"))
                .extracting(ActionProblem::message)
                .containsExactly("must spell 0x7f.1 as 127.0.0.1; must not be called: 127.0.0.1 is not a public address"
                        + " (loopback)");
    }

    @Test
    void allowed_networks_may_be_named_but_not_spelled_oddly() {
        try (Delivery open = build(new DeliveryConfiguration().allowing("127.0.0.0/8"))) {
            ActionRules rules = open.rules();
            assertThat(rules.check(List.of(new HttpAction("POST", "http://127.0.0.1:9/", Map.of(), null)))
                            .get(0))
                    .isEmpty();
            assertThat(rules.check(List.of(new HttpAction("POST", "http://localhost:9/", Map.of(), null)))
                            .get(0))
                    .isEmpty();
            assertThat(rules.check(List.of(new HttpAction("POST", "http://127.1:9/", Map.of(), null)))
                            .get(0))
                    .hasSize(1);
            assertThat(rules.check(List.of(new HttpAction("POST", "http://10.0.0.1/", Map.of(), null)))
                            .get(0))
                    .hasSize(1);
        }
    }

    @Test
    void names_are_left_to_the_call_where_it_is_configured() {
        DeliveryConfiguration configuration = new DeliveryConfiguration();
        configuration.resolveWhenStored = false;
        try (Delivery blind = build(configuration)) {
            assertThat(blind.rules()
                            .check(List.of(new HttpAction("POST", "http://private.example/", Map.of(), null)))
                            .get(0))
                    .isEmpty();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "post", "TRACE", "CONNECT", "OPTIONS", "GET /x HTTP/1.1", "P\u00d6ST"})
    void refuses_methods(String method) {
        assertThat(check(method, "http://example.com", Map.of(), null))
                .extracting(ActionProblem::field)
                .containsExactly("method");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "X Y",
                "X:",
                "X\r\nY",
                "X\u0000",
                "N\u00e4me",
                "Host",
                "host",
                "Content-Length",
                "Connection",
                "Keep-Alive",
                "Transfer-Encoding",
                "TE",
                "Trailer",
                "Upgrade",
                "Proxy-Authorization",
                "Proxy-Connection",
                "HTTP2-Settings",
                "Expect",
                "Idempotency-Key",
                "idempotency-KEY",
                "Bide-Attempt",
                "Bide-Due-At",
                "bide-x",
                "User-Agent",
                "webhook-id",
                "Webhook-Signature",
                "webhook-timestamp",
                "Content-Encoding"
            })
    void refuses_header_names(String name) {
        assertThat(check("POST", "http://example.com", Map.of(name, "x"), null))
                .as(name)
                .extracting(ActionProblem::field)
                .hasSize(1)
                .allMatch(field -> field.startsWith("headers."));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "a\r\nX: y",
                "a\nb",
                "a\rb",
                "a\u0000b",
                "a\u001bb",
                "a\u007f",
                "a\u0085b",
                "\u2028",
                "\ud800",
                "{{nobody}}",
                "{{#input.x}}y{{/input.x}}"
            })
    void refuses_header_values(String value) {
        assertThat(check("POST", "http://example.com", Map.of("X-A", value), null))
                .extracting(ActionProblem::field)
                .containsExactly("headers.X-A");
    }

    @Test
    void takes_ordinary_headers() {
        assertThat(check(
                        "POST",
                        "http://example.com",
                        Map.of(
                                "Authorization",
                                "Bearer abc",
                                "Content-Type",
                                "application/cloudevents+json; charset=utf-8",
                                "X-Name",
                                "Zo\u00eb \ud83d\ude00\t{{input.name}}",
                                "X-Empty",
                                ""),
                        "{}"))
                .isEmpty();
    }

    @Test
    void refuses_a_header_twice_and_too_many_and_too_big() {
        assertThat(check("POST", "http://example.com", Map.of("X-A", "1", "x-a", "2"), null))
                .extracting(ActionProblem::message)
                .containsExactly("must not be there twice");
        Map<String, String> many = new HashMap<>();
        for (int i = 0; i < 33; i++) {
            many.put("X-" + i, "v");
        }
        assertThat(check("POST", "http://example.com", many, null))
                .containsExactly(new ActionProblem("headers", "must be at most 32"));
        assertThat(check("POST", "http://example.com", Map.of("X-A", "v".repeat(8_190)), null))
                .containsExactly(new ActionProblem("headers", "must be at most 8192 characters together"));
    }

    @Test
    void bounds_url_and_body() {
        String base = "http://example.com/";
        assertThat(check(base + "x".repeat(2048 - base.length()))).isEmpty();
        assertThat(check(base + "x".repeat(2049 - base.length())))
                .containsExactly(new ActionProblem("url", "must be at most 2048 characters"));
        assertThat(check("POST", base, Map.of(), "\"" + "\u00eb".repeat(32_767) + "\""))
                .isEmpty();
        assertThat(check("POST", base, Map.of(), "\"" + "\u00eb".repeat(32_768) + "\""))
                .containsExactly(new ActionProblem("body", "must be at most 65536 bytes"));
    }

    @Test
    void bodies_go_only_where_they_may() {
        for (String method : List.of("GET", "HEAD")) {
            assertThat(check(method, "http://example.com", Map.of(), "{}"))
                    .extracting(ActionProblem::field)
                    .containsExactly("body");
        }
        for (String method : List.of("POST", "PUT", "PATCH", "DELETE")) {
            assertThat(check(method, "http://example.com", Map.of(), "{}")).isEmpty();
            assertThat(check(method, "http://example.com", Map.of(), null)).isEmpty();
        }
    }

    @Test
    void finds_every_problem_at_once() {
        assertThat(check("NOPE", "nope", Map.of("Host", "x"), "{\"a\":\"{{nobody}}\"}"))
                .extracting(ActionProblem::field)
                .containsExactly("method", "url", "headers.Host", "body.a");
    }
}
