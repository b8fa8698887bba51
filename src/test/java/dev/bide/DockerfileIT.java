package dev.bide;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bide.testing.Part;
import dev.bide.testing.PostgresExtension;
import io.dropwizard.jackson.Jackson;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** The Dockerfile without Docker: what it says fits the service, and its steps that are ours are done. */
class DockerfileIT {
    @RegisterExtension
    static final ServiceExtension SERVICE = new ServiceExtension(PostgresExtension.unmigrated());

    private static final Pattern INSTRUCTION = Pattern.compile("(?m)^([A-Z]+) +(.+)$");
    private static final String MANIFEST = "META-INF/MANIFEST.MF";

    private record Instruction(String name, String value) {}

    private final List<Instruction> instructions = read();

    private static List<Instruction> read() {
        try {
            String text = Files.readString(Path.of("Dockerfile"))
                    .replaceAll("(?m)^#.*\\R", "")
                    .replaceAll(" *\\\\\\R *", " ");
            return INSTRUCTION
                    .matcher(text)
                    .results()
                    .map(found -> new Instruction(found.group(1), found.group(2)))
                    .toList();
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private Stream<String> all(String name) {
        return instructions.stream()
                .filter(instruction -> instruction.name().equals(name))
                .map(Instruction::value);
    }

    private String only(String name) {
        return all(name).reduce((one, other) -> one + "\n" + other).orElseThrow();
    }

    private static List<String> list(String json) throws IOException {
        return Arrays.asList(Jackson.newObjectMapper().readValue(json, String[].class));
    }

    @Test
    void the_image_opens_the_service_s_ports_and_sets_variables_that_it_takes() throws Exception {
        String[] variables = only("ENV").replaceAll("\"[^\"]*\"", "options").split(" ");
        Map<String, String> environment = Stream.of(variables)
                .map(variable -> variable.split("=", 2))
                .collect(Collectors.toMap(v -> v[0], v -> v[1]));
        String configuration = Files.readString(Path.of("config.yml"));
        assertThat(environment).containsKey("JAVA_TOOL_OPTIONS");
        assertThat(environment.keySet())
                .filteredOn(name -> !name.equals("JAVA_TOOL_OPTIONS"))
                .hasSizeGreaterThan(3)
                .allSatisfy(name -> assertThat(configuration).contains("${" + name + ":-"));
        ConfiguredNode node = ConfiguredNode.of(environment, Map.of());
        assertThat(only("EXPOSE")).isEqualTo(node.httpPort() + " " + node.adminPort());
        assertThat(node.bindHost()).isEqualTo("0.0.0.0");
        assertThat(only("VOLUME"))
                .isEqualTo(environment.get("DATA_DIR"))
                .isEqualTo(all("WORKDIR").toList().get(2));
    }

    @Test
    void nobody_in_it_is_root_and_the_pods_have_the_same_user() throws Exception {
        String user = only("USER").split(":")[0];
        assertThat(user).matches("[1-9][0-9]+");
        assertThat(only("RUN")).contains("useradd --uid " + user + " ");
        try (Stream<Path> deployments = Files.walk(Path.of("manifest"))) {
            assertThat(deployments
                            .filter(file -> file.toString().endsWith("-service.yaml"))
                            .toList())
                    .hasSize(3)
                    .allSatisfy(file -> assertThat(file).content().contains("runAsUser: " + user + "\n"));
        }
    }

    @Test
    void its_java_is_the_one_that_the_program_is_for_and_what_it_copies_is_there() throws Exception {
        String release = Pattern.compile("<maven.compiler.release>(\\d+)<")
                .matcher(Files.readString(Path.of("pom.xml")))
                .results()
                .findFirst()
                .orElseThrow()
                .group(1);
        assertThat(all("FROM").toList()).hasSize(2).allSatisfy(from -> assertThat(from)
                .containsPattern("\\b(temurin[:-])" + release + "\\b"));
        List<String> copied = all("COPY")
                .filter(copy -> !copy.startsWith("--from"))
                .flatMap(copy ->
                        Stream.of(copy.substring(0, copy.lastIndexOf(' ')).split(" ")))
                .toList();
        assertThat(copied)
                .contains("pom.xml", "src", "migrations", "config.yml")
                .allSatisfy(file -> assertThat(Path.of(file)).exists());
    }

    @Test
    void the_health_check_passes_on_a_service_that_is_well_and_fails_where_there_is_none() throws Exception {
        String check = only("HEALTHCHECK");
        List<String> command = list(check.substring(check.indexOf("CMD ") + 4));
        int port = SERVICE.admin("/ping").uri().getPort();
        assertThat(run(command, Path.of("."), Map.of("ADMIN_PORT", Integer.toString(port))))
                .isZero();
        assertThat(run(command, Path.of("."), Map.of("ADMIN_PORT", "1"))).isNotZero();
    }

    @Test
    void the_jar_is_cut_into_two_layers_that_lose_nothing_are_always_alike_and_run(@TempDir Path directory)
            throws Exception {
        String cut =
                all("RUN").filter(run -> run.contains("--extract")).findFirst().orElseThrow();
        List<String> command = List.of("sh", "-ec", cut.replace("/build/target/bide.jar", JarProcess.JAR.toString()));
        Path layers = Files.createDirectory(directory.resolve("layers"));
        Path again = Files.createDirectory(directory.resolve("again"));
        assertThat(run(command, layers, Map.of())).isZero();
        assertThat(run(command, again, Map.of())).isZero();

        Set<String> whole = files(JarProcess.JAR);
        Set<String> program = files(layers.resolve("program.jar"));
        Set<String> together = new TreeSet<>(files(layers.resolve("libraries.jar")));
        assertThat(together)
                .doesNotContainAnyElementsOf(
                        program.stream().filter(name -> !name.equals(MANIFEST)).toList())
                .noneMatch(name -> name.matches("(dev|migrations)/.*|config.yml|openapi.yaml"));
        assertThat(program)
                .allMatch(name ->
                        name.matches("(dev|migrations)/.*|config.yml|openapi.yaml|META-INF/(sbom/.*|MANIFEST.MF)"));
        together.addAll(program);
        assertThat(together).isEqualTo(whole);
        for (String layer : List.of("program.jar", "libraries.jar")) {
            assertThat(layers.resolve(layer)).hasSameBinaryContentAs(again.resolve(layer));
        }
        assertThat(Files.size(layers.resolve("program.jar"))).isLessThan(Files.size(JarProcess.JAR) / 5);

        List<String> start = new ArrayList<>(list(only("ENTRYPOINT")));
        assertThat(all("COPY").filter(copy -> copy.startsWith("--from=build")).map(copy -> copy.split(" ")[2]))
                .containsExactlyInAnyOrder(start.get(2).split(":"));
        start.set(0, Part.java());
        start.set(2, start.get(2).replace("/opt/bide", layers.toString()));
        start.add("check");
        assertThat(run(start, directory, Map.of("LOG_FORMAT", "json"))).isZero();
        try (JarFile jar = new JarFile(layers.resolve("program.jar").toFile())) {
            assertThat(jar.getManifest().getMainAttributes().getValue("Implementation-Version"))
                    .isNotBlank();
        }
    }

    private static Set<String> files(Path jar) throws IOException {
        try (JarFile file = new JarFile(jar.toFile())) {
            return file.stream()
                    .filter(entry -> !entry.isDirectory())
                    .map(JarEntry::getName)
                    .collect(Collectors.toCollection(TreeSet::new));
        }
    }

    private static int run(List<String> command, Path directory, Map<String, String> environment) throws Exception {
        ProcessBuilder builder = new ProcessBuilder(command)
                .directory(directory.toFile())
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD);
        builder.environment().putAll(environment);
        Process process = builder.start();
        try {
            assertThat(process.waitFor(2, TimeUnit.MINUTES)).isTrue();
            return process.exitValue();
        } finally {
            process.destroyForcibly();
        }
    }
}
