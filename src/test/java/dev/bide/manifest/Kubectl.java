package dev.bide.manifest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.MappingIterator;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** Kubernetes' own program, which builds what lies in a directory; no cluster is asked. From the path, or where CI puts it. */
final class Kubectl {
    private static final Path BESIDE = Path.of("target/kubectl/kubectl");
    private static final YAMLMapper YAML = new YAMLMapper();

    private final Path program;

    private Kubectl(Path program) {
        this.program = program;
    }

    /** Skips the tests where there is none; in CI they fail. */
    static Kubectl find() {
        Optional<Path> program = Stream.concat(
                        Stream.of(System.getenv("PATH").split(File.pathSeparator))
                                .map(directory -> Path.of(directory, "kubectl")),
                        Stream.of(BESIDE))
                .filter(Files::isExecutable)
                .findFirst();
        if (System.getenv("CI") == null) {
            assumeTrue(program.isPresent(), "needs kubectl");
        }
        assertThat(program).as("kubectl").isPresent();
        return new Kubectl(program.get().toAbsolutePath());
    }

    Manifest build(Path directory) throws IOException, InterruptedException {
        Path errors = Files.createTempFile("kubectl", ".log");
        Process process = new ProcessBuilder(program.toString(), "kustomize", directory.toString())
                .redirectError(errors.toFile())
                .start();
        try (MappingIterator<ObjectNode> documents =
                YAML.readerFor(ObjectNode.class).readValues(process.getInputStream())) {
            List<ObjectNode> objects = documents.readAll();
            assertThat(process.waitFor(1, TimeUnit.MINUTES)).isTrue();
            assertThat(process.exitValue())
                    .as("%s: %s", directory, Files.readString(errors, StandardCharsets.UTF_8))
                    .isZero();
            return new Manifest(objects);
        } finally {
            process.destroyForcibly();
            Files.delete(errors);
        }
    }
}
