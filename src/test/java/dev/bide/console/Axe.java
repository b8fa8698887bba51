package dev.bide.console;

import static org.assertj.core.api.Assertions.assertThat;

import com.deque.html.axecore.playwright.AxeBuilder;
import com.microsoft.playwright.Page;
import java.util.List;

/**
 * What axe finds on a page, but for what it holds of no weight. Its script is put into a page once and asked as often as the page is looked at; by {@code AxeBuilder}, which
 * brings it anew each time and asks a second page, a look takes ten times as long.
 */
final class Axe {
    private static final String GRAVE = """
            async () => (await axe.run(document, {resultTypes: ['violations']})).violations
                .filter(rule => rule.impact === 'serious' || rule.impact === 'critical')
                .map(rule => rule.id + ' at ' + rule.nodes[0].target + ': ' + rule.nodes[0].failureSummary)
            """;

    private Axe() {}

    static void assertReadableByAll(Page page) {
        if (page.evaluate("() => typeof axe").equals("undefined")) {
            page.evaluate(AxeBuilder.getAxeScript());
        }
        assertThat((List<?>) page.evaluate(GRAVE)).as(page.url()).isEmpty();
    }
}
