package dev.bide;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import dev.bide.workflow.RunStatus;
import dev.bide.workflow.TimerStatus;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.quartz.impl.DirectSchedulerFactory;
import org.quartz.impl.jdbcjobstore.JobStoreTX;

/** What the pages say of files, headings, classes, tests, keys, metrics, messages and states is there. */
class DocumentsTest {
    private static final Path README = Path.of("README.md");
    private static final Path HOW_IT_WORKS = Path.of("docs/how-it-works.md");
    private static final Path OPERATING = Path.of("docs/operating.md");

    private static final Pattern LINK = Pattern.compile("(?:\\]\\(|\\b(?:src|srcset)=\")([^)\\s\"]+)[)\"]");
    private static final Pattern HEADING = Pattern.compile("(?m)^#+ (.+)$");
    private static final Pattern CODE_BLOCK = Pattern.compile("(?ms)^```.*?^```$");
    private static final Pattern CODE = Pattern.compile("`([^`\n]+)`");
    private static final Pattern TYPE = Pattern.compile("\\b(?:class|interface|record|enum) ([A-Z]\\w*)");
    private static final Pattern METRIC = Pattern.compile("[`\"](bide_[a-z_]*[a-z])[`\"]");

    /** A type, or a type and a member of it. */
    private static final Pattern NAME = Pattern.compile("([A-Z]\\w*[a-z]\\w*)(?:\\.(\\w+))?");

    /** With a capital inside, so that it is no word of another kind. */
    private static final Pattern LONG_NAME = Pattern.compile("([A-Z]\\w*[a-z][A-Z]\\w*)(?:\\.(\\w+))?");

    /** Of others, and named on these pages. */
    private static final Set<String> FOREIGN = Stream.of(
                    JobStoreTX.class,
                    DirectSchedulerFactory.class,
                    InstantSource.class,
                    LongSupplier.class,
                    OutOfMemoryError.class)
            .map(Class::getSimpleName)
            .collect(Collectors.toSet());

    @Test
    void links_lead_somewhere() {
        Set<String> broken = new TreeSet<>();
        AtomicInteger found = new AtomicInteger();
        for (Path page : pages()) {
            find(LINK, prose(page))
                    .map(link -> link.group(1))
                    .filter(link -> !link.matches("[a-z]+:.*"))
                    .peek(link -> found.incrementAndGet())
                    .filter(link -> !isThere(page, link))
                    .forEach(link -> broken.add(page + ": " + link));
        }
        assertThat(broken).isEmpty();
        assertThat(found).hasValueGreaterThan(50);
    }

    private static boolean isThere(Path page, String link) {
        String[] parts = link.split("#", 2);
        Path target = parts[0].isEmpty() ? page : page.resolveSibling(parts[0]).normalize();
        return Files.exists(target) && (parts.length == 1 || anchors(target).contains(parts[1]));
    }

    /** As GitHub makes them of headings. */
    private static Set<String> anchors(Path page) {
        return find(HEADING, prose(page))
                .map(heading -> heading.group(1).strip().toLowerCase(Locale.ROOT))
                .map(heading -> heading.replaceAll("[^\\p{L}\\p{N} _-]", "").replace(' ', '-'))
                .collect(Collectors.toSet());
    }

    @Test
    void classes_and_tests_that_are_named_are_there() {
        Map<String, String> types = types();
        Set<String> missing = new TreeSet<>();
        AtomicInteger found = new AtomicInteger();
        for (Path page : pages()) {
            find(CODE, prose(page))
                    .map(code -> (page.equals(HOW_IT_WORKS) ? NAME : LONG_NAME).matcher(code.group(1)))
                    .filter(name -> name.matches())
                    .filter(name -> !FOREIGN.contains(name.group(1)))
                    .peek(name -> found.incrementAndGet())
                    .filter(name -> !isMember(types.get(name.group(1)), name.group(2)))
                    .forEach(name -> missing.add(page + ": " + name.group()));
        }
        assertThat(missing).isEmpty();
        assertThat(found).hasValueGreaterThan(200);
    }

    private static boolean isMember(String source, String member) {
        return source != null
                && (member == null
                        || Pattern.compile("\\b" + member + "\\(")
                                .matcher(source)
                                .find());
    }

    /** The source of each, by its simple name. */
    private static Map<String, String> types() {
        Map<String, String> types = new HashMap<>();
        for (Path source : files("src", ".java")) {
            String text = text(source);
            find(TYPE, text).forEach(type -> types.merge(type.group(1), text, String::concat));
        }
        return types;
    }

    @Test
    void every_key_of_the_configuration_is_explained_with_its_variable_and_default() throws IOException {
        Map<String, String> configured = new TreeMap<>();
        collect("", new YAMLMapper().readTree(Path.of("config.yml").toFile()), configured);
        Map<String, String> explained = new TreeMap<>();
        rows(OPERATING, "Configuration")
                .filter(row -> row.size() == 5)
                .forEach(row -> explained.put(
                        code(row.get(0)), (row.get(1).isEmpty() ? "" : code(row.get(1)) + ":") + value(row.get(3))));
        // The server's and the log's other keys are Dropwizard's, and explained there.
        configured.keySet().removeIf(key -> key.matches("(server|logging)\\..*") && !explained.containsKey(key));
        assertThat(explained).isEqualTo(configured);
    }

    private static void collect(String key, JsonNode node, Map<String, String> leaves) {
        if (node.isObject() && !node.isEmpty()) {
            node.properties()
                    .forEach(field -> collect(
                            key.isEmpty() ? field.getKey() : key + "." + field.getKey(), field.getValue(), leaves));
        } else if (node.isArray() && !node.isEmpty()) {
            node.forEach(item -> collect(key, item, leaves));
        } else {
            String text = node.isContainerNode() || node.isNull() ? "" : node.asText();
            String named = text.replaceFirst("^\\$\\{(\\w+):-(.*)}$", "$1:$2");
            leaves.put(key, named.isEmpty() || named.endsWith(":") ? named + "none" : named);
        }
    }

    private static String value(String cell) {
        return cell.startsWith("none") ? "none" : code(cell);
    }

    @Test
    void every_metric_is_explained() {
        Set<String> shown = new TreeSet<>();
        files("src/main/java/dev/bide/ops", ".java")
                .forEach(source -> find(METRIC, text(source)).forEach(metric -> shown.add(metric.group(1))));
        assertThat(metrics(OPERATING)).isEqualTo(shown);
        assertThat(pages()).allSatisfy(page -> assertThat(shown).containsAll(metrics(page)));
    }

    /** Prometheus shows counters with a further word at the end. */
    private static Set<String> metrics(Path page) {
        return find(METRIC, prose(page))
                .map(metric -> metric.group(1).replaceFirst("_total$", ""))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    @Test
    void messages_that_are_explained_are_said() {
        String sources = files("src/main/java", ".java").stream()
                .map(DocumentsTest::text)
                .collect(Collectors.joining());
        List<String> messages = rows(OPERATING, "Faults by message")
                .map(row -> code(row.get(0)))
                .toList();
        assertThat(messages).hasSizeGreaterThan(20);
        assertThat(messages.stream().filter(message -> !sources.contains(message)))
                .isEmpty();
    }

    @Test
    void the_diagram_of_states_is_the_table_of_transitions() {
        assertThat(transitions("timer")).isEqualTo(table(TimerStatus.values(), TimerStatus::next));
        assertThat(transitions("run")).isEqualTo(table(RunStatus.values(), RunStatus::next));
    }

    private static Map<String, Set<String>> transitions(String of) {
        String diagram = text(README)
                .split("(?m)^ +state \"" + of + "\" as \\w+ \\{$", 2)[1]
                .split("(?m)^    }$", 2)[0];
        Map<String, Set<String>> transitions = new TreeMap<>();
        find(Pattern.compile("(?m)^ +([a-z]+)2? --> ([a-z]+)2?(?::.*)?$"), diagram)
                .filter(arrow -> !arrow.group(1).equals(arrow.group(2)))
                .forEach(arrow -> transitions
                        .computeIfAbsent(arrow.group(1), any -> new TreeSet<>())
                        .add(arrow.group(2)));
        return transitions;
    }

    private static <S> Map<String, Set<String>> table(S[] states, Function<S, Set<S>> next) {
        Map<String, Set<String>> table = new TreeMap<>();
        for (S state : states) {
            Set<String> following =
                    next.apply(state).stream().map(Object::toString).collect(Collectors.toCollection(TreeSet::new));
            if (!following.isEmpty()) {
                table.put(state.toString(), following);
            }
        }
        return table;
    }

    /** The cells of each row of the tables below a heading, without the heads. */
    private static Stream<List<String>> rows(Path page, String heading) {
        String section = prose(page).split("(?m)^## " + heading + "$", 2)[1].split("(?m)^## ", 2)[0];
        return section.lines()
                .filter(line -> line.startsWith("| `"))
                .map(line -> Stream.of(line.substring(1).split("\\|", -1))
                        .map(String::strip)
                        .toList())
                .map(cells -> cells.subList(0, cells.size() - 1));
    }

    /** The first that is written as code in a cell. */
    private static String code(String cell) {
        return find(CODE, cell).findFirst().map(code -> code.group(1)).orElse(cell);
    }

    private static List<Path> pages() {
        return Stream.concat(
                        Stream.of("README.md", "CONTRIBUTING.md", "CHANGELOG.md", "SECURITY.md", "loadtest/README.md")
                                .map(Path::of),
                        files("docs", ".md").stream())
                .toList();
    }

    /** Without blocks of code. */
    private static String prose(Path page) {
        return CODE_BLOCK.matcher(text(page)).replaceAll("");
    }

    private static Stream<MatchResult> find(Pattern pattern, String text) {
        return pattern.matcher(text).results();
    }

    private static List<Path> files(String directory, String ending) {
        try (Stream<Path> files = Files.walk(Path.of(directory))) {
            return files.filter(file -> file.toString().endsWith(ending))
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String text(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
