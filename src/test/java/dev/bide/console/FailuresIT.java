package dev.bide.console;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.AriaRole;
import dev.bide.testing.StubThirdParty;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Duration;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What went wrong is seen in groups and mended by many: first ten, then the rest; what holds a third party back is seen and set at the destination. */
class FailuresIT {
    @RegisterExtension
    static final ConsoleExtension CONSOLE = new ConsoleExtension();

    /** A port of its own in each test, and so a destination of its own. */
    @RegisterExtension
    final StubThirdParty thirdParty = new StubThirdParty();

    private Scene scene;
    private Page page;

    @BeforeEach
    void come() {
        scene = new Scene(CONSOLE.service(), thirdParty);
        page = CONSOLE.visit(Look.USUAL);
    }

    @Test
    void ten_are_tried_and_followed_then_the_rest_for_a_reason_and_by_its_count() throws Exception {
        thirdParty.answer((path, attempt) -> 410);
        scene.timers(1050, "0 seconds", "/mails");
        scene.awaitDead(1050);
        thirdParty.answer((path, attempt) -> 200);

        page.navigate("/failures?host=" + scene.destination());
        Locator group = page.locator(".group");
        assertThat(group).hasCount(1);
        assertThat(group).containsText("1,050");
        assertThat(group).containsText("410 final");
        assertThat(group).containsText("“answer 410”");
        button("Try ten").click();
        assertThat(group).containsText("Of the oldest ten: 10 delivered.");
        button("Try the other 1,040…").click();

        Locator dialog = page.locator("dialog");
        assertThat(dialog.locator("#bulk-lacks")).hasText("Give a reason.");
        page.getByLabel("Reason").fill("the account is open again");
        assertThat(dialog.locator("#bulk-lacks")).hasText("Type 1040.");
        page.getByLabel("Type 1040 to go on").fill("1050");
        assertThat(button("Try 1,040 timers again")).hasAttribute("aria-disabled", "true");
        page.keyboard().press("Enter");
        assertThat(dialog).isVisible();
        page.getByLabel("Type 1040 to go on").fill("1040");
        page.keyboard().press("Enter");

        page.waitForURL(Pattern.compile(".*/operations/.*"));
        assertThat(page.getByRole(AriaRole.HEADING, named("Set off again"))).isVisible();
        assertThat(page.locator("main")).containsText("1,040 of 1,040 timers set off again");
        assertThat(page.locator("main")).containsText("None that matches has died since.");
        assertThat(page.locator("dl.facts")).containsText("the account is open again");
        scene.awaitDead(0);
        page.goBack();
        assertThat(page.locator("main")).containsText("No timer has died that matches.");
    }

    @Test
    void an_operation_over_many_is_stopped_and_leaves_the_rest_as_it_was() throws Exception {
        scene.timers(600, "3 days", "/later");
        // The other number grows while it looks for them.
        Pattern half = Pattern.compile("300 of \\d+ timers done");
        page.navigate("/timers?status=scheduled&host=" + scene.destination());
        assertThat(page.locator("tbody tr").first()).isVisible();
        try (Connection somebody = CONSOLE.service().postgres().dataSource().getConnection();
                Statement statement = somebody.createStatement()) {
            somebody.setAutoCommit(false);
            // Somebody holds half of them for as long as it takes, so that the operation is under way until it is
            // stopped.
            statement.execute("SELECT id FROM timer WHERE key LIKE '" + scene.name()
                    + " %' ORDER BY id DESC LIMIT 300 FOR UPDATE");
            page.locator("summary", new Page.LocatorOptions().setHasText("All that match"))
                    .click();
            page.locator(".acts").getByText("Pause…").click();
            page.getByLabel("Reason").fill("stopped half way");
            button("Pause 600 timers").click();
            page.waitForURL(Pattern.compile(".*/operations/.*"));
            assertThat(page.locator("main")).containsText(half);
            assertThat(page.locator("progress")).isVisible();
            button("Stop…").click();
            assertThat(page.locator("dialog")).containsText("What is done stays done");
            button("Stop it").click();
            assertThat(page.getByRole(AriaRole.HEADING, named("Stopped"))).isVisible();
        }
        assertThat(page.locator("main")).containsText(half);
        assertThat(page.locator("dl.facts")).containsText("stopped half way");
        page.navigate("/timers?status=paused&host=" + scene.destination());
        assertThat(page.locator("tbody tr").first()).isVisible();
    }

    @Test
    void a_group_is_dismissed_and_the_other_stays() throws Exception {
        thirdParty.answer((path, attempt) -> path.equals("/gone") ? 410 : 422);
        scene.timers(3, "0 seconds", "/gone");
        String one = scene.timer("without a name", "0 seconds", "/names");
        scene.awaitDead(4);

        // The menu says how many groups there are, wherever one begins.
        page.waitForRequest("**/v1/problems", () -> page.navigate("/timers/" + one));
        assertThat(page.locator(".needs")).containsText("422 is not tried again");
        page.getByText("Its group of failures").click();
        page.waitForURL(Pattern.compile(".*problem=[0-9a-f]{16}.*"));
        assertThat(page.locator("main")).containsText("answers 422 Unprocessable Content), 1 just now");

        page.navigate("/failures?host=" + scene.destination());
        Locator gone = group("“answer 410”");
        Locator nameless = group("“answer 422”");
        assertThat(gone).containsText("410 final");
        assertThat(nameless).containsText("422 final");
        gone.getByText("Dismiss…").click();
        assertThat(page.locator("dialog .sample li")).hasCount(3);
        page.getByLabel("Reason").fill("closed for good");
        button("Dismiss 3 timers").click();
        page.waitForURL(Pattern.compile(".*/operations/.*"));
        assertThat(page.locator("main")).containsText("3 of 3 timers done");
        page.goBack();
        assertThat(nameless).isVisible();
        assertThat(gone).hasCount(0);
        scene.awaitDead(1);
    }

    @Test
    void a_paused_destination_holds_what_is_due_and_its_limits_are_set_there() {
        String first = scene.timer(scene.name(), "0 seconds", "/mails");
        await().atMost(Duration.ofSeconds(30))
                .until(() -> !thirdParty.calls(first).isEmpty());
        page.navigate("/destinations/" + scene.destination());
        button("Pause…").click();
        page.getByLabel("Reason").fill("they move house");
        button("Pause it").click();
        assertThat(page.locator(".needs")).containsText("“they move house”");
        scene.timers(3, "6 seconds", "/mails");
        assertThat(page.locator(".needs")).containsText("3 wait because of it");
        assertThat(thirdParty.calls()).hasSize(1);
        page.locator(".needs").getByText("Resume").click();
        assertThat(page.locator(".needs")).hasCount(0);
        await().atMost(Duration.ofSeconds(30)).until(() -> thirdParty.calls().size() == 4);

        Locator atOnce = page.getByLabel("Calls at once");
        atOnce.fill("none");
        page.locator("#limit-callsPerSecond").fill("120");
        button("Set the limits").click();
        assertThat(page.locator("#limit-maxConcurrentCalls-error")).isVisible();
        assertThat(page.locator("#limit-callsPerSecond-error")).hasCount(0);
        assertThat(page.locator("#limit-callsPerSecond")).hasValue("120");
        atOnce.fill("16");
        button("Set the limits").click();
        assertThat(page.locator("main"))
                .containsText("At most 16 calls at once and 120 calls a second in the whole cluster.");
    }

    @Test
    void a_run_is_found_by_its_key_from_anywhere_and_a_link_shows_what_it_was_made_of() {
        String run = scene.run(scene.workflow(), scene.name());
        scene.timers(2, "3 days", "/later");
        page.navigate("/timers?status=scheduled,retrying&dueTo=2099-01-01T00:00:00Z&host=" + scene.destination());
        assertThat(button("scheduled")).hasAttribute("aria-pressed", "true");
        assertThat(button("retrying")).hasAttribute("aria-pressed", "true");
        assertThat(button("dead")).hasAttribute("aria-pressed", "false");
        assertThat(page.getByLabel("Destination")).hasValue(scene.destination());
        assertThat(page.getByLabel("to before: date")).hasValue("2099-01-01");
        assertThat(page.locator("tbody tr")).hasCount(3);

        page.keyboard().press("/");
        page.locator("#search").fill(scene.name());
        assertThat(page.locator("#search-hits li")).hasText(new Pattern[] {
            Pattern.compile("workflow " + scene.name()), Pattern.compile("run " + scene.name() + ".*")
        });
        page.keyboard().press("ArrowDown");
        page.keyboard().press("Enter");
        page.waitForURL("**/runs/" + run);
        assertThat(page.locator("h1")).isFocused();
        page.goBack();
        assertThat(page.getByLabel("Destination")).hasValue(scene.destination());
        assertThat(page.locator("tbody tr")).hasCount(3);
    }

    private Locator group(String text) {
        return page.locator(".group", new Page.LocatorOptions().setHasText(text));
    }

    private Locator button(String name) {
        return page.getByRole(AriaRole.BUTTON, named(name));
    }

    private static Page.GetByRoleOptions named(String name) {
        return new Page.GetByRoleOptions().setName(name).setExact(true);
    }
}
