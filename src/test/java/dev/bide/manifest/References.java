package dev.bide.manifest;

import static dev.bide.manifest.Manifest.items;
import static dev.bide.manifest.Manifest.kind;
import static dev.bide.manifest.Manifest.name;
import static dev.bide.manifest.Manifest.title;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.fabric8.kubernetes.api.model.Quantity;
import java.util.HashSet;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Stream;

/** What objects call one another by is there. */
final class References {
    private static final Set<String> OF_NO_NAMESPACE = Set.of("Namespace", "ClusterRole", "ClusterRoleBinding");

    private static final Set<String> RESOURCES = Set.of("cpu", "memory", "storage", "ephemeral-storage");

    private final Manifest manifest;
    private final Consumer<String> faults;

    private References(Manifest manifest, Consumer<String> faults) {
        this.manifest = manifest;
        this.faults = faults;
    }

    static void check(Manifest manifest, Consumer<String> faults) {
        References references = new References(manifest, faults);
        references.names();
        manifest.workloads()
                .filter(workload -> workload.nodes().findAny().isPresent())
                .forEach(references::security);
        manifest.objects().forEach(object -> references.amounts(object, object));
        manifest.workloads().forEach(references::workload);
        manifest.all("Service").forEach(references::service);
        manifest.all("Ingress").forEach(references::ingress);
        manifest.all("HTTPRoute").forEach(references::route);
        manifest.all("NetworkPolicy").forEach(references::policy);
        Stream.of("PodDisruptionBudget", "PodMonitor")
                .flatMap(manifest::all)
                .forEach(object -> references.selects(object, object.at("/spec/selector/matchLabels")));
        Stream.of("HorizontalPodAutoscaler", "ScaledObject")
                .flatMap(manifest::all)
                .forEach(references::target);
    }

    private void names() {
        Set<String> namespaces = new HashSet<>();
        manifest.all("Namespace").forEach(object -> namespaces.add(name(object)));
        // Those that are let in from are there too.
        manifest.all("NetworkPolicy")
                .flatMap(policy -> policy.findValues("namespaceSelector").stream())
                .forEach(selector -> namespaces.add(selector.path("matchLabels")
                        .path("kubernetes.io/metadata.name")
                        .asText()));
        Set<String> seen = new HashSet<>();
        for (ObjectNode object : manifest.objects()) {
            String namespace = object.at("/metadata/namespace").asText();
            must(seen.add(namespace + " " + title(object)), object, "is there twice");
            must(
                    OF_NO_NAMESPACE.contains(kind(object)) ? namespace.isEmpty() : namespaces.contains(namespace),
                    object,
                    "is in the namespace \"" + namespace + "\", which is not there");
        }
    }

    /** The nodes may do little, and their namespace sees to it. */
    private void security(Workload workload) {
        String namespace = workload.object().at("/metadata/namespace").asText();
        must(
                manifest.find("Namespace", namespace).stream()
                        .map(object -> object.path("metadata").path("labels"))
                        .anyMatch(labels -> labels.path("pod-security.kubernetes.io/enforce")
                                .asText()
                                .equals("restricted")),
                workload.object(),
                "its namespace lets in pods that may do more than they need");
        must(
                workload.labels().equals(workload.object().at("/metadata/labels")),
                workload.object(),
                "its pods have other labels: " + workload.labels());
    }

    /** How much of the machine, wherever that is said. */
    private void amounts(ObjectNode object, JsonNode node) {
        for (String list : new String[] {"requests", "limits"}) {
            node.path(list).properties().forEach(amount -> {
                must(RESOURCES.contains(amount.getKey()), object, "there is no resource " + amount.getKey());
                must(isAmount(amount.getValue().asText()), object, amount.getValue() + " is no amount");
            });
        }
        node.forEach(below -> amounts(object, below));
    }

    private static boolean isAmount(String text) {
        try {
            return Quantity.getAmountInBytes(new Quantity(text)).signum() > 0;
        } catch (IllegalArgumentException | ArithmeticException e) {
            return false;
        }
    }

    private void workload(Workload workload) {
        JsonNode chosen = workload.object().at("/spec/selector/matchLabels");
        if (!kind(workload.object()).equals("Job")) {
            selects(workload.object(), chosen);
            must(
                    manifest.selected(chosen)
                            .toList()
                            .equals(Stream.of(workload).toList()),
                    workload.object(),
                    "takes pods of others for its own");
        }
        Set<String> volumes = new HashSet<>();
        Stream.concat(
                        items(workload.pod().path("volumes")),
                        items(workload.object().at("/spec/volumeClaimTemplates"))
                                .map(claim -> claim.path("metadata")))
                .forEach(volume -> volumes.add(volume.path("name").asText()));
        items(workload.pod().path("volumes")).forEach(volume -> volume(workload, volume));
        items(workload.pod().path("topologySpreadConstraints"))
                .forEach(spread -> selects(workload.object(), spread.at("/labelSelector/matchLabels")));
        workload.containers().forEach(container -> {
            items(container.path("volumeMounts"))
                    .forEach(mount ->
                            must(volumes.contains(mount.path("name").asText()), workload.object(), "mounts " + mount));
            String image = container.path("image").asText();
            must(
                    image.matches("[a-z0-9.:/_-]+(:[\\w.-]+|@sha256:[0-9a-f]{64})") && !image.endsWith(":latest"),
                    workload.object(),
                    "the image \"" + image + "\" has no version");
            Stream.of("startupProbe", "readinessProbe", "livenessProbe")
                    .map(probe -> container.at("/" + probe + "/httpGet/port"))
                    .filter(port -> !port.isMissingNode())
                    .forEach(port -> must(workload.has(port), workload.object(), "has no port " + port));
        });
    }

    private void volume(Workload workload, JsonNode volume) {
        JsonNode claim = volume.at("/persistentVolumeClaim/claimName");
        JsonNode map = volume.at("/configMap/name");
        must(
                claim.isMissingNode()
                        || manifest.find("PersistentVolumeClaim", claim.asText())
                                .isPresent(),
                workload.object(),
                "there is no claim " + claim);
        must(
                map.isMissingNode() || manifest.find("ConfigMap", map.asText()).isPresent(),
                workload.object(),
                "there is no ConfigMap " + map);
    }

    private void service(ObjectNode service) {
        JsonNode selector = service.at("/spec/selector");
        selects(service, selector);
        items(service.at("/spec/ports"))
                .map(port -> port.path(port.has("targetPort") ? "targetPort" : "port"))
                .forEach(port -> must(
                        manifest.selected(selector).allMatch(workload -> workload.has(port)),
                        service,
                        "its pods have no port " + port));
    }

    private void ingress(ObjectNode ingress) {
        items(ingress.at("/spec/rules"))
                .flatMap(rule -> items(rule.at("/http/paths")))
                .map(path -> path.at("/backend/service"))
                .forEach(backend -> backend(ingress, backend.path("name"), backend.at("/port/name"), "name"));
    }

    private void route(ObjectNode route) {
        items(route.at("/spec/rules"))
                .flatMap(rule -> items(rule.path("backendRefs")))
                .forEach(backend -> backend(route, backend.path("name"), backend.path("port"), "port"));
    }

    private void backend(ObjectNode object, JsonNode name, JsonNode port, String by) {
        must(
                manifest.find("Service", name.asText()).stream()
                        .flatMap(service -> items(service.at("/spec/ports")))
                        .anyMatch(open -> port.equals(open.get(by))),
                object,
                "there is no Service " + name + " with the port " + port);
    }

    private void policy(ObjectNode policy) {
        JsonNode chosen = policy.at("/spec/podSelector/matchLabels");
        selects(policy, chosen);
        items(policy.at("/spec/ingress"))
                .flatMap(rule -> items(rule.path("from")))
                .map(peer -> peer.at("/podSelector/matchLabels"))
                .filter(labels -> !labels.isMissingNode())
                .forEach(labels -> selects(policy, labels));
        items(policy.at("/spec/ingress"))
                .flatMap(rule -> items(rule.path("ports")))
                .map(port -> port.path("port"))
                .forEach(port -> must(
                        manifest.selected(chosen).anyMatch(workload -> workload.has(port)),
                        policy,
                        "its pods have no port " + port));
    }

    private void target(ObjectNode scaler) {
        JsonNode target = scaler.at("/spec/scaleTargetRef");
        must(
                manifest
                        .find(
                                target.path("kind").asText("Deployment"),
                                target.path("name").asText())
                        .stream()
                        .anyMatch(object -> target.path("apiVersion")
                                .asText("apps/v1")
                                .equals(object.path("apiVersion").asText())),
                scaler,
                "there is nothing called " + target);
    }

    private void selects(ObjectNode object, JsonNode labels) {
        must(
                labels.isObject()
                        && !labels.isEmpty()
                        && manifest.selected(labels).findAny().isPresent(),
                object,
                "no pods have the labels " + labels);
    }

    private void must(boolean right, JsonNode object, String fault) {
        if (!right) {
            faults.accept(title(object) + ": " + fault);
        }
    }
}
