package dev.bide.console;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.AriaRole;
import dev.bide.testing.StubThirdParty;
import java.io.IOException;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What runs and timers wait for is seen and changed by mouse and by keys, and what the pages say of it is what the service does. */
class RunAndTimerIT {
    @RegisterExtension
    static final ConsoleExtension CONSOLE = new ConsoleExtension();

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
    void a_run_is_a_line_and_a_list_of_what_was_is_and_comes() {
        String run = scene.run(scene.workflow(), scene.name());
        page.navigate("/runs/" + run);
        assertThat(page.locator(".figure")).containsText("Waits for “welcome”");
        Locator told = page.locator(".told > li");
        assertThat(told).hasCount(5);
        assertThat(told.nth(1)).containsText("“welcome” waits until");
        assertThat(told.nth(1)).containsText("Rule: 1 week");
        assertThat(told.nth(2)).containsText("“reminder” would be due");
        assertThat(told.nth(3))
                .containsText(
                        Pattern.compile(
                                "“christmas” would be due Thu 24 Dec \\d{4} 09:00 \\+07|“christmas” would be due \\w{3} 24 Dec"));
        assertThat(told.nth(4)).containsText("It would end");
        assertThat(page.locator(".course svg text").filter(new Locator.FilterOptions().setHasText("now")))
                .hasCount(1);
        told.nth(2).hover();
        assertThat(page.locator(".course .lit")).hasCount(1);
    }

    @Test
    void a_run_is_paused_taken_up_by_the_way_back_and_cancelled_only_when_that_is_meant() {
        String run = scene.run(scene.workflow(), scene.name());
        page.navigate("/runs/" + run);
        button("Pause").click();
        assertThat(page.getByText("It is paused at “welcome”")).isVisible();
        page.locator(".toast").getByText("Resume").click();
        assertThat(page.locator(".figure")).containsText("Waits for “welcome”");
        button("Cancel…").click();
        page.keyboard().press("Enter");
        assertThat(page.locator("dialog")).hasCount(0);
        assertThat(status("/v1/runs/" + run)).isEqualTo("active");
        button("Cancel…").click();
        button("Cancel it").click();
        assertThat(page.locator(".figure")).containsText("Cancelled after");
        assertThat(status("/v1/runs/" + run)).isEqualTo("cancelled");
    }

    @Test
    void a_timer_gets_another_time_by_the_clock_of_its_zone_and_by_a_delay_and_says_so() {
        String run = scene.run(scene.workflow(), scene.name());
        page.navigate("/runs/" + run);
        button("Change the time…").click();
        page.getByLabel("at a time").check();
        page.locator("dialog input[type=date]").fill("2031-03-01");
        page.locator("dialog input[type=date]").dispatchEvent("change");
        assertThat(page.locator("dialog output")).containsText("Sat 1 Mar 2031");
        button("Change it").click();
        assertThat(page.locator(".told")).containsText("its time was changed since it was made");
        String timer = text("/v1/runs/" + run, "/timer/id");
        assertThat(text("/v1/timers/" + timer, "/dueAt")).startsWith("2031-0");

        page.navigate("/timers/" + timer);
        assertThat(page.getByText("Its time was changed since it was made")).isVisible();
        button("Change the time…").click();
        page.locator("dialog")
                .getByText("1 h", new Locator.GetByTextOptions().setExact(true))
                .click();
        assertThat(page.locator("dialog .answer .rule").first()).containsText("1 hour");
        button("Change it").click();
        assertThat(page.locator(".figure")).containsText(Pattern.compile("In (59|60|1 h)"));
        assertThat(page.locator("main")).containsText(Pattern.compile("(Its rule|Because): 1 hour"));
    }

    @Test
    void a_timer_is_called_now_and_the_page_follows_it_to_its_end() {
        String timer = scene.timer(scene.name(), "3 days", "/later");
        page.navigate("/timers/" + timer);
        assertThat(page.locator(".states")).containsText("It went: scheduled.");
        page.getByText("As curl").click();
        Locator calls = page.locator("pre.wrap");
        assertThat(calls).hasCount(3);
        assertThat(calls.nth(1)).containsText("-X POST");
        assertThat(calls.nth(1)).containsText("/v1/timers/" + timer + "/fire");
        button("Call now…").click();
        button("Call it").click();
        assertThat(page.locator(".states")).containsText("It went: scheduled, delivered. That is its end.");
        assertThat(page.locator("body")).containsText("answered 200 in");
        assertThat(page.locator("main")).containsText("By its rule it would be due later");
        assertThat(thirdParty.calls(timer)).hasSize(1);
        assertThat(button("Call now…")).hasCount(0);
    }

    @Test
    void the_trace_of_an_attempt_is_a_link_to_where_traces_are_looked_at() {
        String timer = scene.timer(scene.name(), "3 days", "/traced");
        page.navigate("/timers/" + timer);
        button("Call now…").click();
        button("Call it").click();
        assertThat(page.locator(".states")).containsText("That is its end.");
        assertThat(page.locator("a[href^='https://traces.example/']")).hasCount(0);
        String trace = "4bf92f3577b34da6a3ce929d0e0e4736";
        int changed = CONSOLE.service()
                .postgres()
                .sql()
                .execute(
                        "UPDATE timer_history SET attempts = jsonb_set(attempts, '{0,traceId}', to_jsonb(?::text)) WHERE id = ?::uuid",
                        trace,
                        timer);
        assertThat(changed).isOne();
        page.reload();
        Locator link = page.locator("a[href='https://traces.example/" + trace + "?from=bide']");
        assertThat(link).hasText(trace);
    }

    @Test
    void a_failed_run_says_why_and_goes_on_when_it_is_tried_again() {
        thirdParty.answer((path, attempt) -> 410);
        String run = scene.run(scene.workflow(), scene.name());
        page.navigate("/runs/" + run);
        button("Call now…").click();
        button("Call it").click();
        assertThat(page.locator(".needs")).containsText("Failed at “welcome”: answer 410");
        thirdParty.answer((path, attempt) -> 200);
        button("Try again…").click();
        assertThat(page.locator("dialog")).containsText("which is the newest");
        button("Try again").click();
        assertThat(page.locator(".figure")).containsText("Waits for “reminder”");
        assertThat(page.locator(".told")).containsText("was answered 410: final");
        assertThat(page.locator(".told")).containsText("early: by its rule it was due");
        assertThat(page.locator(".told")).containsText("“welcome”: attempt 2");
    }

    @Test
    void failed_runs_that_were_chosen_go_on_by_the_version_that_they_went_by() {
        thirdParty.answer((path, attempt) -> 410);
        String run = scene.run(scene.workflow(), scene.name());
        page.navigate("/runs/" + run);
        button("Call now…").click();
        button("Call it").click();
        assertThat(page.locator(".needs")).containsText("Failed at “welcome”");
        thirdParty.answer((path, attempt) -> 200);
        page.navigate("/runs?status=failed&key=" + scene.name());
        page.locator("tbody input").check();
        page.locator(".row.chosen").getByText("Try again").click();
        button("Try 1 run again").click();
        assertThat(page.locator("dialog")).containsText("Done.");
        assertThat(status("/v1/runs/" + run)).isEqualTo("active");
    }

    @Test
    void rows_are_chosen_by_keys_and_changed_one_by_one() {
        String first = scene.timer(scene.name(), "40 days", "/later");
        List.of("41 days", "42 days").forEach(period -> scene.timer(scene.name() + " " + period, period, "/later"));
        page.navigate("/timers?status=scheduled&dueFrom=" + text("/v1/timers/" + first, "/dueAt"));
        assertThat(page.locator("tbody tr")).hasCount(3);
        page.locator("tbody input").nth(0).focus();
        page.keyboard().press("Space");
        page.locator("tbody input").nth(2).focus();
        page.keyboard().press("Shift+Space");
        assertThat(page.locator(".row.chosen")).containsText("3 chosen");
        page.locator(".row.chosen").getByText("Pause").click();
        button("Pause 3 timers").click();
        assertThat(page.locator("dialog")).containsText("Done.");
        button("Close").click();
        assertThat(page.getByText("There are no timers that are scheduled")).isVisible();
        assertThat(status("/v1/timers/" + first)).isEqualTo("paused");
    }

    @Test
    void what_is_chosen_stands_in_the_address_and_back_undoes_it() {
        String run = scene.run(scene.workflow(), scene.name());
        page.navigate("/runs");
        button("active").click();
        page.waitForURL(Pattern.compile(".*status=active"));
        page.getByLabel("Key").fill(scene.name());
        page.waitForURL(Pattern.compile(".*key=Scene.*"));
        assertThat(page.locator("tbody tr")).hasCount(1);
        page.locator("tbody th a").click();
        page.waitForURL(Pattern.compile(".*/runs/" + run));
        button("Cancel…").click();
        assertThat(page.locator("dialog")).hasCount(1);
        page.goBack();
        assertThat(page.locator("dialog")).hasCount(0);
        assertThat(page.locator("tbody tr")).hasCount(1);
        assertThat(page.getByLabel("Key")).hasValue(scene.name());
        page.goBack();
        page.waitForURL(Pattern.compile(".*/runs"));
        assertThat(page.getByLabel("Key")).hasValue("");
    }

    private Locator button(String name) {
        return page.getByRole(
                AriaRole.BUTTON, new Page.GetByRoleOptions().setName(name).setExact(true));
    }

    private String status(String path) {
        return text(path, "/status");
    }

    private String text(String path, String pointer) {
        try {
            return scene.get(path).at(pointer).asText();
        } catch (IOException e) {
            throw new AssertionError(path, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(path, e);
        }
    }
}
