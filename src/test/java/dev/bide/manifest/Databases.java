package dev.bide.manifest;

import static dev.bide.manifest.Manifest.items;
import static dev.bide.manifest.Manifest.title;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** The nodes find the database that is deployed beside them, and it has room for all of their connections. */
final class Databases {
    /** Connections of the database's own people: superusers, the operator, backups, a migration. */
    private static final int OWN = 20;

    private final Manifest manifest;
    private final RunningNode node;
    private final Set<String> secretKeys;
    private final Consumer<String> faults;

    private Databases(Manifest manifest, RunningNode node, Set<String> secretKeys, Consumer<String> faults) {
        this.manifest = manifest;
        this.node = node;
        this.secretKeys = secretKeys;
        this.faults = faults;
    }

    static void check(Manifest manifest, RunningNode node, Set<String> secretKeys, Consumer<String> faults) {
        Databases databases = new Databases(manifest, node, secretKeys, faults);
        databases.room();
        manifest.all("Cluster").forEach(databases::cluster);
    }

    private JsonNode settings() {
        return manifest.find("ConfigMap", "bide").map(JsonNode.class::cast).orElseThrow();
    }

    private int promised() {
        return settings()
                .path("metadata")
                .path("annotations")
                .path("bide.dev/max-connections")
                .asInt();
    }

    private void room() {
        int needed = OWN
                + manifest.all("Deployment")
                        .map(Workload::new)
                        .filter(workload -> workload.nodes().findAny().isPresent())
                        .mapToInt(workload -> pods(workload.object()) * connections(workload))
                        .sum();
        must(promised() >= needed, settings(), "promises " + promised() + " connections, " + needed + " may be opened");
    }

    private int connections(Workload workload) {
        return workload.nodes()
                .flatMap(container -> Nodes.configured(manifest, secretKeys, container, ignored -> {}).stream())
                .mapToInt(configured -> configured.connections())
                .sum();
    }

    /** The most there may be at a time: while a new version comes, one more starts for each that still stops. */
    private int pods(ObjectNode deployment) {
        String name = Manifest.name(deployment);
        int most = Stream.of("HorizontalPodAutoscaler", "ScaledObject")
                .flatMap(manifest::all)
                .map(scaler -> scaler.path("spec"))
                .filter(scaler -> name.equals(scaler.at("/scaleTargetRef/name").asText()))
                .flatMapToInt(scaler -> IntStream.of(
                        scaler.path("maxReplicas").asInt(),
                        scaler.path("maxReplicaCount").asInt()))
                .max()
                .orElse(deployment.at("/spec/replicas").asInt(1));
        return most + 2 * deployment.at("/spec/strategy/rollingUpdate/maxSurge").asInt();
    }

    private void cluster(ObjectNode cluster) {
        String name = Manifest.name(cluster);
        JsonNode spec = cluster.path("spec");
        JsonNode parameters = spec.at("/postgresql/parameters");
        String url = "jdbc:postgresql://%s-rw.%s.svc:5432/%s?"
                .formatted(
                        name,
                        cluster.at("/metadata/namespace").asText(),
                        spec.at("/bootstrap/initdb/database").asText());
        must(
                settings().at("/data/DATABASE_URL").asText().startsWith(url),
                settings(),
                "DATABASE_URL does not begin with " + url);
        must(
                parameters.path("max_connections").asInt() >= promised(),
                cluster,
                "allows fewer connections than " + promised());
        parameters
                .properties()
                .forEach(parameter -> must(
                        node.settings().contains(parameter.getKey()),
                        cluster,
                        "PostgreSQL has no setting " + parameter.getKey()));
        must(
                spec.path("instances").asInt() >= 3
                        && spec.at("/postgresql/synchronous/number").asInt() == 1
                        && spec.at("/postgresql/synchronous/method").asText().equals("any")
                        && spec.at("/postgresql/synchronous/dataDurability")
                                .asText()
                                .equals("required")
                        && spec.at("/postgresql/synchronous/failoverQuorum").asBoolean(),
                cluster,
                "does not keep what was answered through a failover");
        must(
                spec.at("/affinity/enablePodAntiAffinity").asBoolean()
                        && spec.at("/affinity/podAntiAffinityType").asText().equals("required")
                        && spec.at("/affinity/topologyKey").asText().equals("kubernetes.io/hostname"),
                cluster,
                "may be on one machine");
        must(
                manifest.workloads().flatMap(Workload::nodes).allMatch(container -> Set.of(
                                "DATABASE_USER", "DATABASE_PASSWORD")
                        .equals(takenFrom(container, name + "-app"))),
                cluster,
                "not all nodes take its user and password");
        List<String> plugins = items(spec.path("plugins"))
                .filter(plugin -> plugin.path("isWALArchiver").asBoolean()
                        && manifest.find(
                                        "ObjectStore",
                                        plugin.at("/parameters/barmanObjectName")
                                                .asText())
                                .isPresent())
                .map(plugin -> plugin.path("name").asText())
                .toList();
        must(
                manifest.all("ScheduledBackup")
                        .map(backup -> backup.path("spec"))
                        .anyMatch(
                                backup -> name.equals(backup.at("/cluster/name").asText())
                                        && backup.path("method").asText().equals("plugin")
                                        && backup.path("immediate").asBoolean()
                                        && backup.path("schedule").asText().split(" ").length == 6
                                        && plugins.contains(backup.at("/pluginConfiguration/name")
                                                .asText())),
                cluster,
                "is not backed up to where its log goes");
        must(plugins.equals(List.of("barman-cloud.cloudnative-pg.io")), cluster, "archives its log by " + plugins);
    }

    private static Set<String> takenFrom(JsonNode container, String secret) {
        return items(container.path("env"))
                .filter(variable -> secret.equals(
                        variable.at("/valueFrom/secretKeyRef/name").asText()))
                .map(variable -> variable.path("name").asText())
                .collect(java.util.stream.Collectors.toSet());
    }

    private void must(boolean right, JsonNode object, String fault) {
        if (!right) {
            faults.accept(title(object) + ": " + fault);
        }
    }
}
