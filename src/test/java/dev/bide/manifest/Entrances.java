package dev.bide.manifest;

import static dev.bide.manifest.Manifest.title;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.bide.manifest.RunningNode.Port;
import java.util.Map;
import java.util.function.Consumer;
import java.util.regex.Pattern;

/** How the outside comes in. What the AWS Load Balancer Controller does not know of its annotations it passes over, so each must be known here. */
final class Entrances {
    private static final String ALB = "alb.ingress.kubernetes.io/";
    private static final Pattern SECONDS = Pattern.compile("[1-9][0-9]*");

    /** Those of the controller's that are used here, and what they may hold. */
    private static final Map<String, Pattern> ANNOTATIONS = Map.ofEntries(
            Map.entry("scheme", Pattern.compile("internal|internet-facing")),
            Map.entry("target-type", Pattern.compile("ip")),
            Map.entry("listen-ports", Pattern.compile("\\[\\{\"HTTPS\": ?443}]")),
            Map.entry("certificate-arn", Pattern.compile("arn:aws:acm:[a-z0-9-]+:[0-9]{12}:certificate/[0-9a-f-]{36}")),
            Map.entry("ssl-policy", Pattern.compile("ELBSecurityPolicy-TLS13-1-[23]-[A-Za-z0-9-]+")),
            Map.entry("healthcheck-protocol", Pattern.compile("HTTP")),
            Map.entry("healthcheck-port", Pattern.compile("traffic-port")),
            Map.entry("healthcheck-path", Pattern.compile("/.*")),
            Map.entry("success-codes", Pattern.compile("200")),
            Map.entry("healthcheck-interval-seconds", SECONDS),
            Map.entry("healthcheck-timeout-seconds", SECONDS),
            Map.entry("healthy-threshold-count", SECONDS),
            Map.entry("unhealthy-threshold-count", SECONDS),
            Map.entry(
                    "load-balancer-attributes",
                    Pattern.compile(
                            "idle_timeout\\.timeout_seconds=[1-5][0-9]?,routing\\.http\\.drop_invalid_header_fields\\.enabled=true")),
            Map.entry(
                    "target-group-attributes", Pattern.compile("deregistration_delay\\.timeout_seconds=[1-9][0-9]*")));

    private Entrances() {}

    static void check(Manifest manifest, RunningNode node, Consumer<String> faults) {
        manifest.all("Ingress").forEach(ingress -> {
            ingress(ingress, node, faults);
            if (manifest.all("Namespace").noneMatch(Entrances::gated)) {
                faults.accept(title(ingress) + ": pods count as ready before requests come to them");
            }
        });
    }

    private static boolean gated(ObjectNode namespace) {
        return namespace
                .path("metadata")
                .path("labels")
                .path("elbv2.k8s.aws/pod-readiness-gate-inject")
                .asText()
                .equals("enabled");
    }

    private static void ingress(ObjectNode ingress, RunningNode node, Consumer<String> faults) {
        JsonNode annotations = ingress.at("/metadata/annotations");
        ANNOTATIONS.forEach((name, pattern) -> {
            String value = annotations.path(ALB + name).asText();
            if (!pattern.matcher(value).matches()) {
                faults.accept(title(ingress) + ": " + name + " is \"" + value + "\"");
            }
        });
        annotations.fieldNames().forEachRemaining(name -> {
            if (!name.startsWith(ALB) || !ANNOTATIONS.containsKey(name.substring(ALB.length()))) {
                faults.accept(title(ingress) + ": nobody reads " + name);
            }
        });
        String path = annotations.path(ALB + "healthcheck-path").asText();
        if (path.isEmpty() || node.answer(Port.http, path) != 200) {
            faults.accept(title(ingress) + ": its health is not told at " + path);
        }
        if (!ingress.at("/spec/ingressClassName").asText().equals("alb")) {
            faults.accept(title(ingress) + ": is nobody's");
        }
    }
}
