package dev.bide;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.bide.thirdparty.ThirdPartyServer;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;

/** The third party that comes along, and what it says of its calls. */
final class CalledParty implements AutoCloseable {
    private final ThirdPartyServer server;
    private final HttpClient client = HttpClient.newHttpClient();
    private final ObjectMapper mapper = new ObjectMapper();

    CalledParty() throws Exception {
        server = ThirdPartyServer.start("127.0.0.1", 0, 0, InstantSource.system(), null);
    }

    String url(String path) {
        return "http://127.0.0.1:" + server.port() + path;
    }

    int calls() throws IOException, InterruptedException {
        return mapper.readTree(get("/_calls/count")).path("calls").asInt();
    }

    /** Calls by timer. */
    Map<String, Integer> ledger() throws IOException, InterruptedException {
        Map<String, Integer> calls = new HashMap<>();
        get("/_ledger")
                .lines()
                .skip(1)
                .map(line -> line.split(","))
                .forEach(line -> calls.put(line[0], Integer.valueOf(line[3])));
        return calls;
    }

    private String get(String path) throws IOException, InterruptedException {
        return client.send(HttpRequest.newBuilder(URI.create(url(path))).build(), BodyHandlers.ofString())
                .body();
    }

    @Override
    public void close() throws Exception {
        server.close();
    }
}
