package dev.bide.manifest;

import static dev.bide.manifest.Manifest.items;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.bide.ConfiguredNode;
import dev.bide.manifest.RunningNode.Port;
import dev.bide.startup.Roles;
import io.dropwizard.configuration.ConfigurationException;
import java.io.IOException;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Each container of Bide is what the program takes: its image, variables, keys, ports, paths and the time to stop. */
final class Nodes {
    private static final Pattern KEY = Pattern.compile("-Ddw\\.([^=]+)=(.*)");
    private static final Pattern JVM_OPTION = Pattern.compile("-XX:[+-]?[A-Za-z]+(=[A-Za-z0-9.]+)?|-Xm[xs][0-9]+[kmg]");
    /** What a node needs to write its last outcomes, and then to end. */
    private static final Duration LAST_OUTCOMES = Duration.ofSeconds(6);
    /** The one command that is not the server; {@code JarIT} runs it. */
    private static final JsonNode MIGRATION =
            JsonNodeFactory.instance.arrayNode().add("db").add("migrate");
    /** The Secret that whoever deploys makes. */
    private static final String SECRET = "bide";

    private final Manifest manifest;
    private final RunningNode node;
    private final Set<String> secretKeys;
    private final Consumer<String> faults;

    private Nodes(Manifest manifest, RunningNode node, Set<String> secretKeys, Consumer<String> faults) {
        this.manifest = manifest;
        this.node = node;
        this.secretKeys = secretKeys;
        this.faults = faults;
    }

    /** @param secretKeys what the example of the Secret holds */
    static void check(Manifest manifest, RunningNode node, Set<String> secretKeys, Consumer<String> faults) {
        Nodes nodes = new Nodes(manifest, node, secretKeys, faults);
        manifest.workloads()
                .forEach(workload -> workload.nodes().forEach(container -> nodes.container(workload, container)));
        Set<String> roles = manifest.all("Deployment")
                .map(Workload::new)
                .flatMap(Workload::nodes)
                .flatMap(container -> configured(manifest, secretKeys, container, ignored -> {}).stream())
                .flatMap(configured -> configured.roles().stream())
                .collect(Collectors.toSet());
        if (!roles.equals(Roles.of("api,scheduler,worker").names())) {
            faults.accept("there are nodes of the roles " + roles);
        }
    }

    /** As the container's variables make it; nothing where they can't be used, which is told. */
    static Optional<ConfiguredNode> configured(
            Manifest manifest, Set<String> secretKeys, JsonNode container, Consumer<String> faults) {
        Map<String, String> environment = environment(manifest, secretKeys, container, faults);
        Map<String, String> keys = new HashMap<>();
        for (String options : new String[] {"JAVA_TOOL_OPTIONS", "JDK_JAVA_OPTIONS"}) {
            for (String option : environment.getOrDefault(options, "").split("\\s+")) {
                var key = KEY.matcher(option);
                if (key.matches()) {
                    keys.put(key.group(1), key.group(2));
                } else if (!option.isEmpty() && !JVM_OPTION.matcher(option).matches()) {
                    faults.accept(options + " has \"" + option + "\"");
                }
            }
        }
        try {
            return Optional.of(ConfiguredNode.of(environment, keys));
        } catch (IOException | ConfigurationException e) {
            faults.accept(String.valueOf(e.getMessage()));
            return Optional.empty();
        }
    }

    private static Map<String, String> environment(
            Manifest manifest, Set<String> secretKeys, JsonNode container, Consumer<String> faults) {
        Map<String, String> environment = new TreeMap<>();
        items(container.path("envFrom")).forEach(from -> {
            JsonNode map = from.at("/configMapRef/name");
            JsonNode secret = from.at("/secretRef/name");
            if (SECRET.equals(secret.asText())) {
                secretKeys.forEach(key -> environment.put(key, ""));
            } else {
                manifest.find("ConfigMap", map.asText())
                        .ifPresentOrElse(
                                found -> found.path("data")
                                        .properties()
                                        .forEach(entry -> environment.put(
                                                entry.getKey(), entry.getValue().asText())),
                                () -> faults.accept("there is no " + from));
            }
        });
        items(container.path("env")).forEach(variable -> {
            JsonNode secret = variable.at("/valueFrom/secretKeyRef");
            if (!secret.isMissingNode() && !isThere(manifest, secretKeys, secret)) {
                faults.accept("there is no " + secret);
            }
            environment.put(
                    variable.path("name").asText(), variable.path("value").asText());
        });
        return environment;
    }

    /** CloudNativePG makes one for each database's owner. */
    private static boolean isThere(Manifest manifest, Set<String> secretKeys, JsonNode reference) {
        String name = reference.path("name").asText();
        String key = reference.path("key").asText();
        return name.equals(SECRET)
                ? secretKeys.contains(key)
                : manifest.all("Cluster").anyMatch(cluster -> name.equals(Manifest.name(cluster) + "-app"))
                        && Set.of("username", "password").contains(key);
    }

    private void container(Workload workload, JsonNode container) {
        Consumer<String> told = fault -> faults.accept(workload.title() + ": " + fault);
        String image = container.path("image").asText();
        if (!image.endsWith("/bide:" + node.version())) {
            told.accept("the image is " + image + ", the version " + node.version());
        }
        environment(manifest, secretKeys, container, told).keySet().stream()
                .filter(variable -> !node.variables().contains(variable))
                .forEach(variable -> told.accept("nothing looks at " + variable));
        configured(manifest, secretKeys, container, told).ifPresent(configured -> {
            if (container.has("args")) {
                return;
            }
            ports(container, configured, told);
            if (!configured.bindHost().equals("0.0.0.0")) {
                told.accept("listens on " + configured.bindHost());
            }
            Duration stop = configured
                    .stop()
                    .plus(LAST_OUTCOMES)
                    .plusSeconds(
                            container.at("/lifecycle/preStop/exec/command/1").asLong());
            long granted = workload.pod().path("terminationGracePeriodSeconds").asLong();
            if (granted < stop.toSeconds()) {
                told.accept("a stop takes up to " + stop + ", and is granted " + granted + " s");
            }
        });
        if (container.has("args") && !container.path("args").equals(MIGRATION)) {
            told.accept("the command " + container.path("args") + " is not known");
        }
        if (container.has("args") == workload.object().at("/spec/strategy").isObject()) {
            told.accept("does not go on");
        }
        probes(container, told);
        scraped(workload, told);
    }

    private static void ports(JsonNode container, ConfiguredNode configured, Consumer<String> told) {
        Map<String, Integer> ports = items(container.path("ports"))
                .collect(Collectors.toMap(port -> port.path("name").asText(), port -> port.path("containerPort")
                        .asInt()));
        Map<String, Integer> opened = Map.of("http", configured.httpPort(), "admin", configured.adminPort());
        if (!ports.equals(opened)) {
            told.accept("names the ports " + ports + ", and opens " + opened);
        }
    }

    private void probes(JsonNode container, Consumer<String> told) {
        Stream.of("startupProbe", "readinessProbe", "livenessProbe").forEach(probe -> {
            JsonNode get = container.at("/" + probe + "/httpGet");
            if (!container.has("args") && !answered(get.path("port"), get.path("path"))) {
                told.accept(probe + " is not answered 200 at " + get);
            }
        });
    }

    private boolean answered(JsonNode port, JsonNode path) {
        return path.isTextual()
                && Stream.of(Port.values())
                        .anyMatch(one -> one.name().equals(port.asText()) && node.answer(one, path.asText()) == 200);
    }

    /** By those that look for annotations. */
    private void scraped(Workload workload, Consumer<String> told) {
        JsonNode annotations = workload.annotations();
        JsonNode port = annotations.path("prometheus.io/port");
        if (annotations.properties().stream().noneMatch(entry -> entry.getKey().startsWith("prometheus.io/"))) {
            return;
        }
        boolean admin = workload.nodes()
                .flatMap(container -> items(container.path("ports")))
                .anyMatch(open -> open.path("name").asText().equals("admin")
                        && open.path("containerPort").asText().equals(port.asText()));
        String path = annotations.path("prometheus.io/path").asText();
        if (!admin
                || !path.startsWith("/")
                || node.answer(Port.admin, path) != 200
                || !annotations.has("prometheus.io/scrape")) {
            told.accept("is not scraped by " + annotations);
        }
    }
}
