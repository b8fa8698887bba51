package dev.bide.ops;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** The component {@code monitoring} by itself: the alerts, their pages and their cases, and the dashboard's order. {@link MonitoringIT} holds it against a node. */
class MonitoringTest {
    private static final String PAGE = "https://example.com/bide/docs/operating.md#";

    @Test
    void each_alert_leads_to_its_own_heading_and_each_heading_is_of_one() throws IOException {
        String page = Files.readString(Path.of("docs/operating.md"));
        List<String> headings = page.split("(?m)^## Alerts$", 2)[1]
                .split("(?m)^## ", 2)[0]
                .lines()
                .filter(line -> line.startsWith("### "))
                .map(line -> line.substring(4).strip())
                .toList();
        assertThat(Monitoring.alerts()).isNotEmpty().allSatisfy(alert -> assertThat(
                        alert.at("/annotations/runbook_url").textValue())
                .isEqualTo(PAGE + alert.get("alert").textValue().toLowerCase(Locale.ROOT)));
        assertThat(headings)
                .doesNotHaveDuplicates()
                .containsExactlyInAnyOrderElementsOf(Monitoring.alerts().stream()
                        .map(alert -> alert.get("alert").textValue())
                        .toList());
    }

    @Test
    void each_alert_says_how_urgent_it_is_and_what_is_wrong() {
        assertThat(Monitoring.alerts()).allSatisfy(alert -> {
            assertThat(alert.at("/labels/severity").textValue()).isIn("critical", "warning");
            assertThat(alert.at("/annotations/summary").textValue()).isNotBlank();
        });
    }

    @Test
    void each_alert_has_a_case_in_which_it_fires_and_one_in_which_it_is_quiet() {
        List<JsonNode> cases = Monitoring.cases().stream()
                .flatMap(file -> Monitoring.stream(Monitoring.yaml(file).get("tests")))
                .flatMap(test -> Monitoring.stream(test.get("alert_rule_test")))
                .toList();
        Set<String> alerts = Monitoring.alerts().stream()
                .map(alert -> alert.get("alert").textValue())
                .collect(Collectors.toSet());
        assertThat(names(cases, false)).isEqualTo(alerts);
        assertThat(names(cases, true)).isEqualTo(alerts);
    }

    private static Set<String> names(List<JsonNode> cases, boolean quiet) {
        return cases.stream()
                .filter(test -> test.get("exp_alerts").isEmpty() == quiet)
                .map(test -> test.get("alertname").textValue())
                .collect(Collectors.toSet());
    }

    @Test
    void the_dashboard_is_in_rows_and_no_panel_is_empty_or_covers_another() {
        List<JsonNode> panels =
                Monitoring.stream(Monitoring.dashboard().get("panels")).toList();
        assertThat(panels.stream()
                        .filter(panel -> panel.get("type").textValue().equals("row"))
                        .map(panel -> panel.get("title").textValue()))
                .containsExactly("Promise", "Flow", "Backlog", "Destinations", "Database", "JVM");
        assertThat(panels).extracting(panel -> panel.get("id").intValue()).doesNotHaveDuplicates();
        assertThat(panels.stream()
                        .filter(panel -> !panel.get("type").textValue().equals("row")))
                .allSatisfy(panel -> {
                    assertThat(panel.get("targets")).isNotEmpty();
                    assertThat(panel.at("/datasource/uid").textValue()).isEqualTo("${datasource}");
                    assertThat(panel.at("/fieldConfig/defaults/unit").textValue())
                            .isNotBlank();
                });
        for (JsonNode one : panels) {
            assertThat(panels.stream().filter(other -> other != one && overlap(at(one), at(other))))
                    .isEmpty();
        }
    }

    private record Place(int x, int y, int width, int height) {}

    private static Place at(JsonNode panel) {
        JsonNode at = panel.get("gridPos");
        return new Place(
                at.get("x").intValue(),
                at.get("y").intValue(),
                at.get("w").intValue(),
                at.get("h").intValue());
    }

    private static boolean overlap(Place one, Place other) {
        return one.x < other.x + other.width
                && other.x < one.x + one.width
                && one.y < other.y + other.height
                && other.y < one.y + one.height;
    }

    @Test
    void expressions_are_read_as_they_are_meant() {
        PromQl read =
                PromQl.of("sum by (namespace, le) (rate(some_bucket{le=~\"10|10.0\", kind!=\"x\"}[5m])) > 2 * other"
                        + " and on (pod) max(third) unless absent(fourth{role=\"api\"})");
        assertThat(read.groupedBy()).containsExactlyInAnyOrder("namespace", "le", "pod");
        assertThat(read.selectors())
                .containsExactly(
                        new PromQl.Selector(
                                "some_bucket",
                                List.of(
                                        new PromQl.Condition("le", "=~", "10|10.0"),
                                        new PromQl.Condition("kind", "!=", "x"))),
                        new PromQl.Selector("other", List.of()),
                        new PromQl.Selector("third", List.of()),
                        new PromQl.Selector("fourth", List.of(new PromQl.Condition("role", "=", "api"))));
    }
}
