package dev.bide.manifest;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonPointer;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import dev.bide.ServiceExtension;
import dev.bide.testing.PostgresExtension;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** All that {@code manifest/} holds builds, is what Kubernetes takes, and fits the service. */
class ManifestIT {
    @RegisterExtension
    static final ServiceExtension SERVICE = new ServiceExtension(PostgresExtension.unmigrated());

    private static final Path MANIFEST = Path.of("manifest");
    private static final Path SECRET = MANIFEST.resolve("base/secret.example.yaml");

    private static final Pattern OUTSIDE = Pattern.compile(
            "(?!.*enforce|.*readiness-gate)/metadata/labels/.*|.*/namespaceSelector/.*|/spec/groups/.*/(labels|annotations)/.*");
    private static final Pattern OTHERS = Pattern.compile(".*/(labels|annotations|data|namespaceSelector)/.*");

    private static Kubectl kubectl;
    private static Checks checks;
    /** The base with all components. */
    private static Manifest everything;

    private static Manifest development;

    @BeforeAll
    static void begin() throws IOException, InterruptedException {
        kubectl = Kubectl.find();
        checks = new Checks(new RunningNode(SERVICE), secretKeys());
        everything = kubectl.build(with(components().toList()));
        development = kubectl.build(MANIFEST.resolve("overlays/development"));
    }

    static Stream<Path> directories() {
        return Stream.concat(Stream.of(MANIFEST, MANIFEST.resolve("base")), below("overlays"));
    }

    static Stream<Path> components() {
        return below("components");
    }

    private static Stream<Path> below(String kind) {
        try (Stream<Path> directories = Files.list(MANIFEST.resolve(kind))) {
            return directories.filter(Files::isDirectory).sorted().toList().stream();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @ParameterizedTest
    @MethodSource("directories")
    void what_is_applied_builds_and_fits_the_service(Path directory) throws Exception {
        assertThat(checks.faults(kubectl.build(directory))).isEmpty();
    }

    @ParameterizedTest
    @MethodSource("components")
    void a_component_over_the_base_builds_and_fits_the_service(Path component) throws Exception {
        Manifest base = kubectl.build(MANIFEST);
        Manifest built = kubectl.build(with(List.of(component)));
        assertThat(built.objects()).isNotEqualTo(base.objects());
        assertThat(checks.faults(built)).isEmpty();
    }

    @Test
    void all_components_together_build_and_fit_the_service() {
        assertThat(everything.objects()).hasSizeGreaterThan(15);
        assertThat(checks.faults(everything)).isEmpty();
    }

    static Stream<Manifest> whole() {
        return Stream.of(everything, development);
    }

    /** Names that are whoever's who reads them; of what is Bide's, those that only people read, or that name things outside. */
    private static boolean free(ObjectNode object, JsonPointer field) {
        boolean ours = Manifest.name(object).equals("bide")
                || new Workload(object).nodes().findAny().isPresent();
        return (ours ? OUTSIDE : OTHERS).matcher(field.toString()).matches();
    }

    @ParameterizedTest
    @MethodSource("whole")
    void no_field_of_any_object_can_be_called_otherwise(Manifest whole) {
        List<String> unnoticed = new ArrayList<>();
        int tried = 0;
        for (int index = 0; index < whole.objects().size(); index++) {
            for (JsonPointer field : Fields.of(whole.objects().get(index))) {
                Manifest spoilt = whole.copy();
                ObjectNode object = spoilt.objects().get(index);
                Fields.rename(object, field);
                tried++;
                if (!free(object, field) && checks.faults(spoilt).isEmpty()) {
                    unnoticed.add(Manifest.title(object) + " " + field);
                }
            }
        }
        assertThat(unnoticed).isEmpty();
        assertThat(tried).isGreaterThan(100);
    }

    /** Kind and name, where, what it is instead (as JSON), and what is said of it. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            Deployment bide-worker | /spec/template/spec/containers/0/image | "registry.example.com/bide:0.1.1" | the image is
            Deployment bide-worker | /spec/template/spec/containers/0/image | "registry.example.com/bide" | has no version
            Deployment bide-api | /spec/template/spec/containers/0/ports/0/containerPort | 8080 | names the ports
            Deployment bide-api | /spec/template/spec/containers/0/ports/0/containerPort | "8088" | Cannot coerce
            Deployment bide-api | /spec/template/spec/containers/0/ports/0/name | "web" | its pods have no port
            Deployment bide-api | /spec/template/spec/containers/0/readinessProbe/httpGet/path | "/healthz" | readinessProbe is not answered 200
            Deployment bide-api | /spec/template/spec/containers/0/livenessProbe/httpGet/port | "http" | livenessProbe is not answered 200
            Deployment bide-api | /spec/template/spec/containers/0/startupProbe/httpGet/port | "probes" | has no port
            Deployment bide-api | /spec/template/spec/containers/0/env/0/name | "ROLE" | nothing looks at ROLE
            Deployment bide-scheduler | /spec/template/spec/containers/0/env/2/value | "schedular" | unknown role
            Deployment bide-scheduler | /spec/template/spec/containers/0/env/2/value | "worker" | there are nodes of the roles
            Deployment bide-worker | /spec/template/spec/containers/0/envFrom/0/configMapRef/name | "bide-config" | there is no
            Deployment bide-worker | /spec/template/spec/containers/0/volumeMounts/0/name | "temp" | mounts
            Deployment bide-worker | /spec/template/spec/containers/0/resources/limits/memory | "1Gb" | no amount
            Deployment bide-worker | /spec/template/spec/terminationGracePeriodSeconds | 45 | is granted 45 s
            Deployment bide-worker | /spec/template/metadata/annotations/prometheus.io~1port | "8088" | is not scraped
            Deployment bide-worker | /spec/template/metadata/annotations/prometheus.io~1port | 8089 | Cannot coerce
            Deployment bide-worker | /spec/template/metadata/annotations/prometheus.io~1path | "/prometheus" | is not scraped
            Deployment bide-worker | /spec/template/metadata/labels/app.kubernetes.io~1component | "workers" | no pods have the labels
            Deployment bide-worker | /spec/selector/matchLabels/app.kubernetes.io~1component | "api" | takes pods of others
            Deployment bide-worker | /apiVersion | "apps/v2" | there is no type
            Deployment bide-worker | /metadata/namespace | "other" | is in the namespace
            ConfigMap bide | /data/LOG_FORMAT | true | Cannot coerce
            ConfigMap bide | /data/DATABASE_URL | "jdbc:postgresql://bide-db.bide.svc:5432/bide" | DATABASE_URL does not begin with
            ConfigMap bide | /data/BIND_HOST | "127.0.0.1" | listens on
            ConfigMap bide | /data | {"JDK_JAVA_OPTIONS": "-Ddw.database.maximumConnections=16"} | maximumConnections
            ConfigMap bide | /data | {"JDK_JAVA_OPTIONS": "-Ddw.database.maxConnections=5"} | maxConnections
            ConfigMap bide | /data | {"JDK_JAVA_OPTIONS": "-Dengine.threads=5"} | JDK_JAVA_OPTIONS has
            ConfigMap bide | /data | {"JDK_JAVA_OPTIONS": "-Ddw.database.maxConnections=64"} | may be opened
            Service bide | /spec/ports/0/targetPort | "https" | its pods have no port
            Service bide | /spec/selector/app.kubernetes.io~1component | "apis" | no pods have the labels
            HorizontalPodAutoscaler bide-api | /spec/scaleTargetRef/name | "bide-apis" | there is nothing called
            HorizontalPodAutoscaler bide-api | /spec/maxReplicas | 7 | may be opened
            PodDisruptionBudget bide-worker | /spec/selector/matchLabels/app.kubernetes.io~1name | "worker" | no pods have the labels
            NetworkPolicy bide | /spec/ingress/1/ports/0/port | "metrics" | its pods have no port
            Namespace bide | /metadata/name | "bides" | which is not there
            Namespace bide | /metadata/labels/pod-security.kubernetes.io~1enforce | "privileged" | lets in
            Job bide-migration | /spec/template/spec/containers/0/args/1 | "migrations" | is not known
            Ingress bide | /spec/rules/0/http/paths/0/backend/service/name | "api" | there is no Service
            Ingress bide | /spec/rules/0/http/paths/0/backend/service/port/name | "https" | there is no Service
            Ingress bide | /metadata/annotations/alb.ingress.kubernetes.io~1healthcheck-path | "/health" | its health is not told
            Ingress bide | /metadata/annotations/alb.ingress.kubernetes.io~1target-type | "instance" | target-type
            Ingress bide | /spec/ingressClassName | "nginx" | is nobody's
            HTTPRoute bide | /spec/rules/0/backendRefs/0/name | "api" | there is no Service
            HTTPRoute bide | /spec/rules/0/backendRefs/0/port | 8088 | there is no Service
            ScaledObject bide-worker | /spec/scaleTargetRef/name | "bide-workers" | there is nothing called
            ScaledObject bide-worker | /spec/triggers/0/metadata/query | "max(bide_backlog_second)" | does not tell all of
            ScaledObject bide-worker | /spec/triggers/1/metadata/query | "sum(calls_in_flight)" | does not tell all of
            ScaledObject bide-worker | /spec/triggers/0/type | "promethius" | promethius
            ScaledObject bide-worker | /spec/triggers/0/metricType | "Values" | Values
            ScaledObject bide-worker | /spec/triggers/0/metadata/threshold | 5 | Cannot coerce
            ScaledObject bide-worker | /spec/maxReplicaCount | 11 | may be opened
            Cluster bide-db | /metadata/name | "bide-database" | DATABASE_URL does not begin with
            Cluster bide-db | /spec/bootstrap/initdb/database | "app" | DATABASE_URL does not begin with
            Cluster bide-db | /spec/postgresql/parameters/max_connections | "500" | allows fewer connections
            Cluster bide-db | /spec/postgresql/parameters | {"max_connections": "900", "autovacuum_nap_time": "5s"} | PostgreSQL has no setting
            Cluster bide-db | /spec/postgresql/synchronous/dataDurability | "preferred" | does not keep what was answered
            Cluster bide-db | /spec/postgresql/synchronous/method | "ANY" | ANY
            Cluster bide-db | /spec/plugins/0/parameters/barmanObjectName | "bide" | is not backed up
            Cluster bide-db | /spec/plugins/0/name | "barman.cloudnative-pg.io" | archives its log by
            ObjectStore bide-db | /metadata/name | "bide-backup" | is not backed up
            ObjectStore bide-db | /spec/configuration/wal/compression | "gz" | gz
            ScheduledBackup bide-db | /spec/cluster/name | "bide" | is not backed up
            ScheduledBackup bide-db | /spec/schedule | "0 3 * * *" | is not backed up
            """)
    void what_is_wrong_is_said(String object, String field, String value, String said) throws Exception {
        Manifest spoilt = everything.copy();
        ObjectNode wrong = spoilt.objects().stream()
                .filter(one -> Manifest.title(one).equals(object))
                .findFirst()
                .orElseThrow();
        Fields.set(wrong, JsonPointer.compile(field), new YAMLMapper().readTree(value));
        assertThat(checks.faults(spoilt)).anyMatch(fault -> fault.contains(said));
    }

    /** The base and these. */
    static Path with(List<Path> components) throws IOException {
        List<String> lines = new ArrayList<>(List.of(
                "apiVersion: kustomize.config.k8s.io/v1beta1",
                "kind: Kustomization",
                "resources: [../../manifest]",
                "components:"));
        components.forEach(component -> lines.add("  - ../../" + component));
        Path directory = Files.createTempDirectory(Files.createDirectories(Path.of("target")), "manifest");
        Files.write(directory.resolve("kustomization.yaml"), lines);
        // The last that is named goes first.
        directory.toFile().deleteOnExit();
        directory.resolve("kustomization.yaml").toFile().deleteOnExit();
        return directory;
    }

    @Test
    void no_file_is_needed_that_is_not_in_the_repository_and_no_secret_is_deployed() throws Exception {
        assertThat(Files.readAllLines(Path.of(".gitignore"))).contains("secret.yaml");
        Set<Path> all = new TreeSet<>();
        directories().forEach(all::add);
        all.add(with(components().toList()));
        for (Path directory : all) {
            assertThat(kubectl.build(directory).all("Secret").toList()).isEmpty();
        }
        JsonNode example = new YAMLMapper().readTree(SECRET.toFile());
        assertThat(example.path("stringData")).isNotEmpty().allSatisfy(value -> assertThat(value.textValue())
                .isEmpty());
        List<String> faults = new ArrayList<>();
        Models.check(new Manifest(List.of(example.deepCopy())), faults::add);
        assertThat(faults).isEmpty();
    }

    private static Set<String> secretKeys() throws IOException {
        Set<String> keys = new TreeSet<>();
        new YAMLMapper()
                .readTree(SECRET.toFile())
                .path("stringData")
                .fieldNames()
                .forEachRemaining(keys::add);
        return keys;
    }
}
