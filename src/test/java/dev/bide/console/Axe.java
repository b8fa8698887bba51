package dev.bide.console;

import static org.assertj.core.api.Assertions.assertThat;

import com.deque.html.axecore.playwright.AxeBuilder;
import com.microsoft.playwright.Page;
import java.util.List;
import java.util.Set;

/** What axe finds on a page, but for what it holds of no weight. */
final class Axe {
    private static final Set<String> GRAVE = Set.of("serious", "critical");

    private Axe() {}

    static void assertReadableByAll(Page page) {
        List<String> findings = new AxeBuilder(page)
                .analyze().getViolations().stream()
                        .filter(rule -> GRAVE.contains(rule.getImpact()))
                        .map(rule ->
                                rule.getId() + " at " + rule.getNodes().get(0).getTarget() + ": "
                                        + rule.getNodes().get(0).getFailureSummary())
                        .toList();
        assertThat(findings).as(page.url()).isEmpty();
    }
}
