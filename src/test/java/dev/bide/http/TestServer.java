package dev.bide.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.codahale.metrics.health.HealthCheck;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.bide.http.answer.ApiPaths;
import dev.bide.workflow.Json;
import io.dropwizard.core.Application;
import io.dropwizard.core.Configuration;
import io.dropwizard.core.server.DefaultServerFactory;
import io.dropwizard.core.setup.Environment;
import io.dropwizard.jetty.HttpConnectorFactory;
import io.dropwizard.logging.common.DefaultLoggingFactory;
import io.dropwizard.request.logging.LogbackAccessRequestLogFactory;
import io.dropwizard.testing.DropwizardTestSupport;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/** The contract on a real server, as config.yml sets it up, on a port of its own. */
final class TestServer implements BeforeAllCallback, AfterAllCallback {
    /** That serve requests. */
    static final int THREADS = 32;

    private static final ObjectMapper MAPPER = Json.mapper();

    private io.dropwizard.util.Duration idleTimeout = io.dropwizard.util.Duration.seconds(30);
    private final ApiConfiguration configuration = new ApiConfiguration();
    private final List<String> keys;
    private List<String> readKeys = List.of();
    private List<String> hosts = List.of();
    private final ServiceSource services;
    private final HttpClient client =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private DropwizardTestSupport<Configuration> support;

    TestServer(ServiceSource services, String... keys) {
        this.services = services;
        this.keys = List.of(keys);
    }

    /** Makes the services once the server starts. */
    interface ServiceSource {
        Api.Services get() throws Exception;
    }

    /** For changes before the start. */
    ApiConfiguration configuration() {
        return configuration;
    }

    /** Keys that may only read. */
    TestServer readKeys(String... read) {
        this.readKeys = List.of(read);
        return this;
    }

    /** Names that it goes by, beside localhost. */
    TestServer hosts(String... names) {
        this.hosts = List.of(names);
        return this;
    }

    /** For how long a client may say nothing, 30 s if not told here. */
    TestServer idleTimeout(Duration timeout) {
        this.idleTimeout = io.dropwizard.util.Duration.milliseconds(timeout.toMillis());
        return this;
    }

    @Override
    public void beforeAll(ExtensionContext context) throws Exception {
        support = new DropwizardTestSupport<>(TestApplication.class, settings(idleTimeout)) {
            @Override
            public Application<Configuration> newApplication() {
                return new TestApplication(TestServer.this);
            }
        };
        support.before();
    }

    @Override
    public void afterAll(ExtensionContext context) {
        support.after();
    }

    private static Configuration settings(io.dropwizard.util.Duration idleTimeout) {
        DefaultServerFactory server = new DefaultServerFactory();
        server.setMaxThreads(THREADS);
        HttpConnectorFactory port = (HttpConnectorFactory) HttpConnectorFactory.application();
        port.setPort(0);
        port.setIdleTimeout(idleTimeout);
        port.setBindHost("127.0.0.1");
        HttpConnectorFactory admin = (HttpConnectorFactory) HttpConnectorFactory.admin();
        admin.setPort(0);
        server.setApplicationConnectors(List.of(port));
        server.setAdminConnectors(List.of(admin));
        server.setRegisterDefaultExceptionMappers(false);
        LogbackAccessRequestLogFactory log = new LogbackAccessRequestLogFactory();
        log.setAppenders(List.of());
        server.setRequestLogFactory(log);
        Configuration configuration = new Configuration();
        configuration.setServerFactory(server);
        DefaultLoggingFactory logging = new DefaultLoggingFactory();
        logging.setLevel("WARN");
        configuration.setLoggingFactory(logging);
        return configuration;
    }

    /** Started by {@link TestServer} only. */
    static final class TestApplication extends Application<Configuration> {
        private final TestServer server;

        TestApplication(TestServer server) {
            this.server = server;
        }

        @Override
        public void run(Configuration configuration, Environment environment) throws Exception {
            environment.healthChecks().register("none", new HealthCheck() {
                @Override
                protected Result check() {
                    return Result.healthy();
                }
            });
            Api.register(
                    environment,
                    server.configuration,
                    new Access(server.keys, server.readKeys, server.hosts, false),
                    server.services.get());
        }
    }

    /** Requests that are being answered. */
    long active() {
        return support.getEnvironment().metrics().getCounters().entrySet().stream()
                .filter(counter -> counter.getKey().endsWith("MutableServletContextHandler.active-requests"))
                .mapToLong(counter -> counter.getValue().getCount())
                .sum();
    }

    int port() {
        return support.getLocalPort();
    }

    /** @param path after {@code /v1} */
    URI uri(String path) {
        return URI.create("http://127.0.0.1:" + port() + ApiPaths.ROOT + path);
    }

    Answer get(String path, String... headers) {
        return send("GET", path, null, headers);
    }

    Answer post(String path, String body, String... headers) {
        return send("POST", path, body.getBytes(StandardCharsets.UTF_8), headers);
    }

    Answer post(String path) {
        return send("POST", path, null);
    }

    /** Sends {@code body} as JSON, unless {@code headers} (name, value, …) say otherwise. */
    Answer send(String method, String path, byte[] body, String... headers) {
        return send(request(method, path, body, headers));
    }

    private HttpRequest request(String method, String path, byte[] body, String... headers) {
        HttpRequest.Builder request = HttpRequest.newBuilder(uri(path))
                .method(
                        method,
                        body == null
                                ? HttpRequest.BodyPublishers.noBody()
                                : HttpRequest.BodyPublishers.ofByteArray(body));
        if (body != null && !List.of(headers).contains("Content-Type")) {
            request.header("Content-Type", "application/json");
        }
        for (int i = 0; i < headers.length; i += 2) {
            request.header(headers[i], headers[i + 1]);
        }
        return request.build();
    }

    /** Sends JSON, and does not wait for the answer. */
    CompletableFuture<Answer> begin(String method, String path, String body, String... headers) {
        return client.sendAsync(
                        request(method, path, body.getBytes(StandardCharsets.UTF_8), headers),
                        HttpResponse.BodyHandlers.ofString())
                .thenApply(Answer::new);
    }

    Answer send(HttpRequest request) {
        try {
            return new Answer(client.send(request, HttpResponse.BodyHandlers.ofString()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /** Sends bytes that no HTTP client would, and reads until the server closes. */
    String raw(String bytes) throws IOException {
        try (Socket socket = new Socket("127.0.0.1", port())) {
            socket.setSoTimeout(20_000);
            OutputStream out = socket.getOutputStream();
            out.write(bytes.getBytes(StandardCharsets.ISO_8859_1));
            out.flush();
            InputStream in = socket.getInputStream();
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    /** An answer, which must be one that is described; says what it was when an assertion fails. */
    record Answer(HttpResponse<String> response) {
        Answer {
            String path = response.request().uri().getRawPath();
            if (path.startsWith(ApiPaths.ROOT + "/") && !path.endsWith("/health")) {
                String type = response.headers().firstValue("Content-Type").orElse("");
                Contract.hold(
                        response.request().method(),
                        path.substring(ApiPaths.ROOT.length()),
                        response.statusCode(),
                        type.replaceFirst(";.*", ""),
                        response.body());
            }
        }

        int status() {
            return response.statusCode();
        }

        String header(String name) {
            return response.headers().firstValue(name).orElse(null);
        }

        JsonNode json() {
            try {
                return MAPPER.readTree(response.body());
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        /** The JSON of an answer that must have this status. */
        JsonNode json(int status) {
            assertThat(status()).as(response.body()).isEqualTo(status);
            assertThat(header("Content-Type")).isEqualTo("application/json");
            return json();
        }

        /** A problem document that must have this status. */
        JsonNode problem(int status) {
            assertThat(status()).as(response.body()).isEqualTo(status);
            assertThat(header("Content-Type")).isEqualTo("application/problem+json");
            JsonNode problem = json();
            assertThat(problem.path("status").intValue()).isEqualTo(status);
            assertThat(problem.path("type").textValue()).startsWith("urn:bide:problem:");
            assertThat(problem.path("title").textValue()).isNotBlank();
            assertThat(problem.path("detail").textValue()).isNotBlank();
            return problem;
        }

        /** The fields that a problem names. */
        List<String> fields(int status) {
            return problem(status).path("errors").findValuesAsText("field");
        }
    }
}
