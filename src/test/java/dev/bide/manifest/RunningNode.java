package dev.bide.manifest;

import dev.bide.ServiceExtension;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** What a service that runs says of itself, and this project of the service: what manifests are held against. */
final class RunningNode {
    private static final Pattern METRIC = Pattern.compile("(?m)^([a-zA-Z_:][a-zA-Z0-9_:]*)[{ ]");
    private static final Pattern VARIABLE = Pattern.compile("\\$\\{([A-Z_]+):-");
    private static final Pattern FOREIGN_VARIABLE = Pattern.compile("`(OTEL_[A-Z_]+)[`=]");
    private static final Pattern VERSION =
            Pattern.compile("<artifactId>bide</artifactId>\\s*<version>([^<]+?)(?:-SNAPSHOT)?</version>");

    private final ServiceExtension service;
    private final Map<String, Integer> answers = new HashMap<>();
    private final Set<String> metrics;
    private final Set<String> variables;
    private final Set<String> settings;
    private final String version;

    RunningNode(ServiceExtension service) throws IOException, InterruptedException {
        this.service = service;
        metrics = all(METRIC, service.admin("/metrics").body());
        variables = all(VARIABLE, Files.readString(Path.of("config.yml")));
        variables.remove("NAME");
        variables.addAll(all(FOREIGN_VARIABLE, Files.readString(Path.of("docs/operating.md"))));
        variables.addAll(List.of("JAVA_TOOL_OPTIONS", "JDK_JAVA_OPTIONS"));
        settings = Set.of(service.postgres()
                .sql()
                .text("SELECT string_agg(name, ',') FROM pg_settings")
                .split(","));
        version = all(VERSION, Files.readString(Path.of("pom.xml"))).iterator().next();
    }

    private static Set<String> all(Pattern pattern, String text) {
        return pattern.matcher(text)
                .results()
                .map((MatchResult found) -> found.group(1))
                .collect(Collectors.toSet());
    }

    /** The status with which a path is answered. */
    int answer(Port port, String path) {
        return answers.computeIfAbsent(port + path, any -> {
            try {
                return (port == Port.http ? service.get(path) : service.admin(path)).statusCode();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IllegalStateException(e);
            }
        });
    }

    /** By the name that pods give it. */
    enum Port {
        http,
        admin
    }

    /** As Prometheus reads them. */
    Set<String> metrics() {
        return metrics;
    }

    /** Of the environment, that it looks at. */
    Set<String> variables() {
        return variables;
    }

    /** The database's. */
    Set<String> settings() {
        return settings;
    }

    /** As its image is to be called. */
    String version() {
        return version;
    }
}
