package dev.bide.ops;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import dev.bide.ops.FluentdConfig.Directive;
import dev.bide.ops.LogstashConfig.Plugin;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;

/**
 * The component {@code elastic}: each configuration is read strictly, knows only options that its program has, and names only fields that lines have. That those are all
 * that lines have, and no more, says {@link EcsLogsIT}.
 */
class ElasticTest {
    private static final String STREAM = "logs-bide-default";
    private static final Pattern KQL =
            Pattern.compile("([a-z@_.]+): (?:([\\w-]+)|\\(([\\w-]+(?: or [\\w-]+)*)\\))(?: (?:and|or) |$)");

    /** What a panel can group by or add up. */
    private static final Set<String> AGGREGATED = Set.of("keyword", "long", "date");

    private final JsonNode options = options();

    private static JsonNode options() {
        try (var resource = ElasticTest.class.getResourceAsStream("log-shipper-options.yaml")) {
            return Elastic.yaml(new String(Objects.requireNonNull(resource).readAllBytes(), StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void known(String program, String plugin, Set<String> used) {
        assertThat(options.at("/" + program).has(plugin)).as(plugin).isTrue();
        Set<String> known = stream(options.get(program).get(plugin))
                .map(JsonNode::textValue)
                .collect(Collectors.toSet());
        assertThat(known).as(plugin).containsAll(used);
    }

    @Test
    void the_index_has_the_types_of_the_schema() {
        EcsSchema schema = new EcsSchema();
        assertThat(Elastic.indexed())
                .isNotEmpty()
                .allSatisfy((name, type) -> assertThat(type).as(name).isEqualTo(schema.type(name)));
        JsonNode template = Elastic.json(Elastic.text("index-template.json"));
        assertThat(template.get("index_patterns").get(0).textValue()).isEqualTo("logs-bide-*");
        assertThat(template.has("data_stream")).isTrue();
        assertThat(names(template))
                .isSubsetOf("index_patterns", "data_stream", "priority", "template", "_meta", "composed_of", "version");
    }

    @Test
    void fluent_bit_knows_what_it_is_told() {
        JsonNode config = Elastic.fluentBit();
        assertThat(names(config)).containsExactlyInAnyOrder("service", "parsers", "pipeline");
        known("fluent-bit", "service", names(config.get("service")));
        stream(config.get("parsers")).forEach(parser -> known("fluent-bit", "parsers", names(parser)));
        assertThat(names(config.get("pipeline"))).containsExactlyInAnyOrder("inputs", "filters", "outputs");
        for (String kind : List.of("inputs", "filters", "outputs")) {
            stream(config.at("/pipeline/" + kind))
                    .forEach(plugin -> known("fluent-bit", plugin.get("name").textValue(), names(plugin)));
        }
        Set<String> parsers = stream(config.get("parsers"))
                .map(parser -> parser.get("name").textValue())
                .collect(Collectors.toSet());
        assertThat(parsers).contains(config.at("/pipeline/filters/0/parser").textValue());
        JsonNode output = config.at("/pipeline/outputs/0");
        assertThat(output.get("index").textValue()).isEqualTo(STREAM);
        assertThat(output.get("write_operation").textValue()).isEqualTo("create");
        assertThat(Elastic.indexed().keySet()).containsAll(Elastic.added());
    }

    @Test
    void fluentd_knows_what_it_is_told_and_adds_what_fluent_bit_adds() {
        List<Directive> directives = FluentdConfig.read(Elastic.text("fluentd/fluent.conf"));
        assertThat(directives).extracting(Directive::name).containsExactly("source", "filter", "filter", "match");
        directives.forEach(this::known);
        assertThat(directives.get(2).inner("record").settings().keySet()).isEqualTo(Elastic.added());
        assertThat(directives.get(3).settings())
                .containsEntry("index_name", STREAM)
                .containsEntry("write_operation", "create");
    }

    private void known(Directive directive) {
        if (directive.name().equals("record")) {
            return;
        }
        known(
                "fluentd",
                directive.name() + " " + directive.type(),
                directive.settings().keySet());
        directive.inner().forEach(this::known);
    }

    @Test
    void logstash_knows_what_it_is_told() {
        List<Plugin> plugins = LogstashConfig.read(Elastic.text("logstash/bide.conf"));
        assertThat(plugins).extracting(Plugin::section).containsExactly("input", "filter", "output");
        plugins.forEach(this::known);
        Map<String, Object> output = plugins.get(2).settings();
        assertThat(output.get("data_stream_type") + "-" + output.get("data_stream_dataset") + "-"
                        + output.get("data_stream_namespace"))
                .isEqualTo(STREAM);
    }

    private void known(Plugin plugin) {
        known(
                "logstash",
                plugin.section() + " " + plugin.name(),
                plugin.settings().keySet());
        plugin.settings().values().stream()
                .filter(Plugin.class::isInstance)
                .map(Plugin.class::cast)
                .forEach(this::known);
    }

    @Test
    void what_no_program_would_take_is_found() {
        assertThatThrownBy(() -> FluentdConfig.read("<match a>\n  @type x\n")).hasMessage("match is not closed");
        assertThatThrownBy(() -> FluentdConfig.read("<match a>\n  @type x\n  @type y\n</match>"))
                .hasMessageContaining("twice");
        assertThatThrownBy(() -> LogstashConfig.read("input { tcp { port = 5 } }"))
                .hasMessageContaining("can't be read");
        assertThatThrownBy(() -> LogstashConfig.read("inputs { }")).hasMessage("no section: inputs");
        assertThatThrownBy(() -> fields("event.action = x")).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void kibana_shows_only_fields_that_lines_have() {
        Map<String, String> indexed = Elastic.indexed();
        List<JsonNode> objects =
                Elastic.text("kibana.ndjson").lines().map(Elastic::json).toList();
        Set<String> ids = new HashSet<>();
        objects.forEach(object -> assertThat(ids.add(
                        object.get("type").textValue() + " " + object.get("id").textValue()))
                .isTrue());
        Set<String> used = new TreeSet<>();
        for (JsonNode object : objects) {
            stream(object.get("references")).forEach(reference -> assertThat(ids)
                    .contains(reference.get("type").textValue() + " "
                            + reference.get("id").textValue()));
            JsonNode attributes = object.get("attributes");
            String query =
                    attributes.at("/kibanaSavedObjectMeta/searchSourceJSON").asText();
            if (!query.isEmpty()) {
                JsonNode asked = Elastic.json(query).get("query");
                assertThat(asked.get("language").textValue()).isEqualTo("kuery");
                used.addAll(fields(asked.get("query").textValue()));
            }
            stream(Elastic.json(attributes.path("visState").asText("{}")).path("aggs"))
                    .map(agg -> agg.at("/params/field"))
                    .filter(JsonNode::isTextual)
                    .forEach(field -> {
                        used.add(field.textValue());
                        assertThat(indexed.get(field.textValue()))
                                .as(field.textValue())
                                .isIn(AGGREGATED);
                    });
            stream(attributes.path("columns")).forEach(column -> used.add(column.textValue()));
            Elastic.json(attributes.path("fieldFormatMap").asText("{}"))
                    .fieldNames()
                    .forEachRemaining(used::add);
        }
        assertThat(used).hasSizeGreaterThan(10).isSubsetOf(indexed.keySet());
    }

    @Test
    void the_dashboard_shows_each_panel_once_and_none_covers_another() {
        JsonNode dashboard = Elastic.text("kibana.ndjson")
                .lines()
                .map(Elastic::json)
                .filter(object -> object.get("type").textValue().equals("dashboard"))
                .findFirst()
                .orElseThrow();
        List<JsonNode> panels = stream(
                        Elastic.json(dashboard.at("/attributes/panelsJSON").textValue()))
                .toList();
        List<String> references = stream(dashboard.get("references"))
                .map(reference -> reference.get("name").textValue() + " "
                        + reference.get("type").textValue())
                .toList();
        assertThat(panels.stream()
                        .map(panel -> panel.get("panelIndex").textValue() + ":"
                                + panel.get("panelRefName").textValue() + " "
                                + panel.get("type").textValue()))
                .containsExactlyElementsOf(references);
        Set<String> places = new HashSet<>();
        for (JsonNode panel : panels) {
            JsonNode at = panel.get("gridData");
            for (int x = 0; x < at.get("w").intValue(); x++) {
                for (int y = 0; y < at.get("h").intValue(); y++) {
                    assertThat(places.add((at.get("x").intValue() + x) + " "
                                    + (at.get("y").intValue() + y)))
                            .isTrue();
                }
            }
        }
    }

    /** Of a query in Kibana's language, as far as ours use it: fields that are a word, or one of some. */
    private static List<String> fields(String query) {
        List<String> fields = new ArrayList<>();
        var matcher = KQL.matcher(query);
        int end = 0;
        while (matcher.find() && matcher.start() == end) {
            fields.add(matcher.group(1));
            end = matcher.end();
        }
        if (end != query.length()) {
            throw new IllegalArgumentException("no query: " + query);
        }
        return fields;
    }

    private static Stream<JsonNode> stream(JsonNode list) {
        return StreamSupport.stream(list.spliterator(), false);
    }

    private static Set<String> names(JsonNode object) {
        Set<String> names = new TreeSet<>();
        object.fieldNames().forEachRemaining(names::add);
        return names;
    }
}
