package dev.bide;

import dev.bide.testing.LogSettings;
import dev.bide.testing.PostgresExtension;
import io.dropwizard.testing.ConfigOverride;
import io.dropwizard.testing.DropwizardTestSupport;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/** The service in this process and a database of its own, for all tests of a class. */
public final class ServiceExtension implements BeforeAllCallback, AfterAllCallback {
    private final PostgresExtension postgres;
    private final Map<String, String> settings = new HashMap<>();
    private final HttpClient client =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    private DropwizardTestSupport<BideConfiguration> service;

    /** @param postgres started and stopped with the service */
    public ServiceExtension(PostgresExtension postgres) {
        this.postgres = postgres;
    }

    /** Sets a key of the configuration. */
    public ServiceExtension with(String key, String value) {
        settings.put(key, value);
        return this;
    }

    /** The service on any database, for {@code before()} and {@code after()}; then {@link LogSettings#restore}. */
    public static DropwizardTestSupport<BideConfiguration> on(String jdbcUrl, Map<String, String> settings) {
        Map<String, String> all = new HashMap<>(Map.of(
                "database.url", jdbcUrl,
                "server.applicationConnectors[0].port", "0",
                "server.adminConnectors[0].port", "0"));
        all.putAll(settings);
        return new DropwizardTestSupport<>(
                BideApplication.class,
                (String) null,
                all.entrySet().stream()
                        .map(setting -> ConfigOverride.config(setting.getKey(), setting.getValue()))
                        .toArray(ConfigOverride[]::new));
    }

    @Override
    public void beforeAll(ExtensionContext context) throws Exception {
        postgres.beforeAll(context);
        service = on(postgres.jdbcUrl(), settings);
        service.before();
    }

    @Override
    public void afterAll(ExtensionContext context) throws Exception {
        service.after();
        LogSettings.restore();
        postgres.afterAll(context);
    }

    public PostgresExtension postgres() {
        return postgres;
    }

    /** Where it listens, without a slash at the end. */
    public String address() {
        return "http://127.0.0.1:" + service.getLocalPort();
    }

    public HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(URI.create(address() + path));
    }

    public HttpResponse<String> get(String path) throws IOException, InterruptedException {
        return send(request(path));
    }

    /** From the port for those who run it. */
    public HttpResponse<String> admin(String path) throws IOException, InterruptedException {
        return send(HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + service.getAdminPort() + path)));
    }

    public HttpResponse<String> send(HttpRequest.Builder request) throws IOException, InterruptedException {
        return client.send(request.build(), HttpResponse.BodyHandlers.ofString());
    }

    public CompletableFuture<HttpResponse<String>> begin(HttpRequest.Builder request) {
        return client.sendAsync(request.build(), HttpResponse.BodyHandlers.ofString());
    }
}
