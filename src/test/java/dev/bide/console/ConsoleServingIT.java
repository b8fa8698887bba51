package dev.bide.console;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bide.ServiceExtension;
import dev.bide.testing.PostgresExtension;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.Base64;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ConsoleServingIT {
    private static final Path SOURCES = Path.of("src/main/resources/dev/bide/console");
    private static final String KEY = "a-key-of-at-least-sixteen";

    @RegisterExtension
    static final ServiceExtension SERVICE =
            new ServiceExtension(PostgresExtension.unmigrated()).with("auth.apiKeys", KEY);

    private final HttpClient browser = HttpClient.newHttpClient();

    @ParameterizedTest
    @CsvSource({
        "/, ./",
        "/timers, ./",
        "/timers/, ../",
        "/timers?status=dead, ./",
        "/timers/0190b0e2-0000-7000-8000-000000000001, ../",
        "/workflows/0190b0e2-0000-7000-8000-000000000001/edit, ../../",
        "/destinations/api.example.com:443, ../",
        "/destinations/%5B::1%5D:443, ../",
        "/channels, ./",
        "/playground, ./",
    })
    void each_page_is_the_document_with_a_base_of_its_depth(String address, String base) throws Exception {
        HttpResponse<String> page = SERVICE.get(address);
        assertThat(page.statusCode()).isEqualTo(200);
        assertThat(page.headers().firstValue("Content-Type")).hasValue("text/html;charset=utf-8");
        assertThat(page.body()).contains("<base href=\"" + base + "\">").doesNotContain("{{");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/workflows/a/b/c",
                "/failures/x",
                "/nothing",
                "/console/",
                "/console/files.txt",
                "/console/index.html",
                "/console/package-info.class",
                "/console/%2e%2e/config.yml",
                "/console/lib/lit/3.3.2/index.js",
                "/docs/nothing.js",
            })
    void what_is_not_named_is_not_there(String address) throws Exception {
        HttpResponse<String> answer = SERVICE.get(address);
        assertThat(answer.statusCode()).isIn(404, 400);
        assertThat(answer.headers().firstValue("Content-Type").orElseThrow()).startsWith("application/problem+json");
    }

    @Test
    void pages_need_no_key_and_calls_do() throws Exception {
        assertThat(SERVICE.get("/").statusCode()).isEqualTo(200);
        assertThat(SERVICE.get("/v1/timers").statusCode()).isEqualTo(401);
    }

    @Test
    void the_only_script_within_the_page_is_the_one_that_the_policy_names() throws Exception {
        HttpResponse<String> page = SERVICE.get("/timers/x");
        Matcher script = Pattern.compile("<script(?![^>]*src=)[^>]*>(.*?)</script>", Pattern.DOTALL)
                .matcher(page.body());
        assertThat(script.find()).isTrue();
        String hash = Base64.getEncoder()
                .encodeToString(MessageDigest.getInstance("SHA-256")
                        .digest(script.group(1).getBytes(StandardCharsets.UTF_8)));
        assertThat(script.find()).isFalse();
        assertThat(page.headers().firstValue("Content-Security-Policy").orElseThrow())
                .contains("default-src 'self'", "'sha256-" + hash + "'", "frame-ancestors 'none'")
                .doesNotContain("unsafe");
        assertThat(page.headers().firstValue("X-Content-Type-Options")).hasValue("nosniff");
        assertThat(page.headers().firstValue("Referrer-Policy")).hasValue("no-referrer");
    }

    @Test
    void every_module_is_served_and_every_import_of_it_too() throws Exception {
        Set<String> listed =
                Set.copyOf(Files.readAllLines(SOURCES.resolve(dev.bide.console.Files.LIST), StandardCharsets.UTF_8));
        try (Stream<Path> files = Files.walk(SOURCES)) {
            assertThat(listed)
                    .isEqualTo(files.filter(Files::isRegularFile)
                            .map(file -> SOURCES.relativize(file).toString())
                            .filter(file -> !file.startsWith("docs/")
                                    && !file.equals("index.html")
                                    && !file.equals(dev.bide.console.Files.LIST))
                            .collect(Collectors.toSet()));
        }
        Pattern imports = Pattern.compile("(?:from |import\\(|import )'(\\.[^']+)'");
        int found = 0;
        for (String file : listed) {
            HttpResponse<String> module = SERVICE.get("/console/" + file);
            assertThat(module.statusCode()).as(file).isEqualTo(200);
            Matcher others = imports.matcher(module.body());
            while (others.find()) {
                assertThat(listed)
                        .as(file)
                        .contains(URI.create(file).resolve(others.group(1)).toString());
                found++;
            }
        }
        assertThat(found).isGreaterThan(50);
    }

    @Test
    void what_the_page_loads_is_there() throws Exception {
        Matcher links = Pattern.compile("\"(?:\\./)?(console/[^\"]+)\"")
                .matcher(SERVICE.get("/").body());
        int found = 0;
        while (links.find()) {
            if (!links.group(1).endsWith("/")) {
                assertThat(SERVICE.get("/" + links.group(1)).statusCode())
                        .as(links.group(1))
                        .isEqualTo(200);
                found++;
            }
        }
        assertThat(found).isGreaterThan(10);
    }

    @Test
    void libraries_are_kept_and_our_own_files_asked_for_again() throws Exception {
        assertThat(SERVICE.get("/console/lib/lit/3.3.3/index.js").headers().firstValue("Cache-Control"))
                .hasValue("public, max-age=31536000, immutable");
        for (String address : List.of("/", "/console/app.js", "/docs/")) {
            HttpResponse<String> first = SERVICE.get(address);
            assertThat(first.headers().firstValue("Cache-Control")).hasValue("no-cache");
            String tag = first.headers().firstValue("ETag").orElseThrow();
            HttpResponse<String> again = SERVICE.send(SERVICE.request(address).header("If-None-Match", tag));
            assertThat(again.statusCode()).isEqualTo(304);
            assertThat(again.body()).isEmpty();
            assertThat(SERVICE.send(SERVICE.request(address).header("If-None-Match", "\"other\""))
                            .statusCode())
                    .isEqualTo(200);
        }
    }

    @Test
    void is_packed_once_for_who_takes_it() throws Exception {
        String plain = SERVICE.get("/console/app.js").body();
        HttpResponse<byte[]> packed = bytes("/console/app.js", "gzip, deflate, br");
        assertThat(packed.headers().firstValue("Content-Encoding")).hasValue("gzip");
        assertThat(packed.headers().firstValue("Vary").orElseThrow()).contains("Accept-Encoding");
        assertThat(new GZIPInputStream(new ByteArrayInputStream(packed.body())).readAllBytes())
                .isEqualTo(plain.getBytes(StandardCharsets.UTF_8));
        assertThat(bytes("/console/app.js", "br").headers().firstValue("Content-Encoding"))
                .isEmpty();
    }

    @Test
    void only_reads() throws Exception {
        HttpResponse<String> answer = SERVICE.send(SERVICE.request("/timers").DELETE());
        assertThat(answer.statusCode()).isEqualTo(405);
        assertThat(answer.headers().firstValue("Allow")).hasValue("GET, HEAD");
        HttpResponse<String> head =
                SERVICE.send(SERVICE.request("/timers").method("HEAD", HttpRequest.BodyPublishers.noBody()));
        assertThat(head.statusCode()).isEqualTo(200);
        assertThat(head.headers().firstValueAsLong("Content-Length").orElseThrow())
                .isEqualTo(SERVICE.get("/timers").body().length());
    }

    @Test
    void the_description_is_below_a_folder_of_its_own() throws Exception {
        HttpResponse<String> answer = SERVICE.get("/docs");
        assertThat(answer.statusCode()).isEqualTo(308);
        assertThat(answer.headers().firstValue("Location")).hasValue("docs/");
        Matcher links = Pattern.compile("(?:src|href)=\"([^\"]+)\"")
                .matcher(SERVICE.get("/docs/").body());
        int found = 0;
        while (links.find()) {
            String address = URI.create("/docs/").resolve(links.group(1)).toString();
            assertThat(SERVICE.get(address).statusCode()).as(address).isEqualTo(200);
            found++;
        }
        assertThat(found).isGreaterThan(5);
    }

    private HttpResponse<byte[]> bytes(String address, String codings) throws IOException, InterruptedException {
        return browser.send(
                SERVICE.request(address).header("Accept-Encoding", codings).build(),
                HttpResponse.BodyHandlers.ofByteArray());
    }
}
