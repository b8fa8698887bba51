package dev.bide.console;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Route;
import com.microsoft.playwright.options.AriaRole;
import dev.bide.testing.StubThirdParty;
import java.net.URI;
import java.net.URLDecoder;
import java.net.http.HttpRequest;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import java.util.Map;
import java.util.function.LongUnaryOperator;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The first page, and where everyone waits. How many come due is told to the page by the test: what a cluster can carry is not at its command. */
class OverviewIT {
    @RegisterExtension
    static final ConsoleExtension CONSOLE = new ConsoleExtension();

    @RegisterExtension
    final StubThirdParty thirdParty = new StubThirdParty();

    private static final ObjectMapper JSON = new ObjectMapper();

    @Test
    void a_first_start_makes_the_example_and_the_same_key_finds_the_same_run() {
        Page page = CONSOLE.visit(Look.USUAL);
        page.route("**/v1/stats", route -> {
            ObjectNode stats = JSON.createObjectNode();
            for (String count : new String[] {"scheduled", "retrying", "paused", "dead"}) {
                stats.withObject("/timers/" + count).put("count", 0).put("exact", true);
            }
            route.fulfill(json(stats));
        });
        page.route(
                "**/v1/workflows?limit=1",
                route -> route.fulfill(
                        json(JSON.createObjectNode().putNull("nextCursor").set("items", JSON.createArrayNode()))));
        page.navigate("/");
        assertThat(page.getByRole(AriaRole.HEADING, named("Nothing waits yet.")))
                .isVisible();
        button(page, "Make the example workflow").click();
        assertThat(page.getByRole(AriaRole.HEADING, named("onboarding"))).isVisible();
        String workflow = page.url();

        start(page, "customer-7");
        String run = page.url();
        assertThat(run).contains("/runs/");
        page.navigate(workflow);
        start(page, "customer-7");
        assertThat(page.url()).isEqualTo(run);
        assertThat(page.locator(".toasts")).containsText("It was there already");
    }

    private static void start(Page page, String key) {
        button(page, "Start a run").first().click();
        assertThat(page.locator("dialog textarea")).hasValue(Pattern.compile(".*\"email\": \"\".*", Pattern.DOTALL));
        page.getByLabel("Key", new Page.GetByLabelOptions().setExact(true)).fill(key);
        button(page, "Start it").click();
        page.waitForURL(Pattern.compile(".*/runs/.*"));
    }

    @Test
    void what_is_coming_is_gone_through_by_keyboard_and_leads_to_its_timers() {
        Page page = CONSOLE.visit(Look.USUAL);
        coming(page, at -> 7, 1000);
        page.navigate("/?coming=week");
        Locator grid = page.getByRole(AriaRole.GRID, named("Timers due in the next seven days, by hour"));
        Locator focused = page.locator("[role=gridcell]:focus");
        grid.locator("[tabindex='0']").focus();
        page.keyboard().press("Control+Home");
        String first = focused.getAttribute("aria-label");
        page.keyboard().press("ArrowRight");
        page.keyboard().press("ArrowDown");
        assertThat(focused).hasAttribute("aria-label", Pattern.compile(".*times in .*: 7 due, counted\\."));
        assertThat(focused.getAttribute("aria-label")).isNotEqualTo(first);
        long from = Long.parseLong(focused.getAttribute("data-from"));
        page.keyboard().press("Enter");
        page.waitForURL(Pattern.compile(".*/timers\\?.*"));
        assertThat(query(page.url()))
                .containsEntry("status", "scheduled,retrying,paused")
                .containsEntry("dueFrom", iso(from))
                .containsEntry("dueTo", iso(from + 3_600_000));
        page.goBack();
        assertThat(grid).isVisible();
    }

    @Test
    void more_than_the_cluster_can_carry_is_said_and_so_is_what_comes_all_at_once() {
        Page page = CONSOLE.visit(Look.USUAL);
        long peak = (System.currentTimeMillis() / 60_000 + 20) * 60_000;
        coming(page, at -> at == peak ? 30_000 : 0, 100);
        page.navigate("/");
        Locator card = page.locator("bide-density");
        assertThat(card).containsText(Pattern.compile("30,000 due, some 5 min of work; done by \\d\\d:\\d\\d\\."));
        assertThat(card).containsText("the cluster can carry 6k a minute (100/s)");
        assertThat(card.locator(".legend")).containsText("more than the cluster can carry");

        Page other = CONSOLE.visit(Look.USUAL.dark());
        coming(other, at -> at == peak ? 30_000 : 0, 1000);
        other.navigate("/");
        assertThat(other.locator("bide-density"))
                .containsText("30,000 due, nearly all at once: some 30 s of work. All else fits.");
    }

    @Test
    void figures_are_old_while_the_service_is_away_and_come_back_by_themselves() {
        Page page = CONSOLE.visit(Look.USUAL);
        page.navigate("/");
        Locator old = page.locator(".figure .value[data-stale]");
        assertThat(page.locator(".figure .value").first()).isVisible();
        assertThat(old).hasCount(0);
        page.route("**/v1/**", Route::abort);
        assertThat(page.locator(".away")).containsText("The service is away.");
        assertThat(old.first()).isVisible();
        page.unroute("**/v1/**");
        // Who was told to wait asks again after half a minute at most.
        assertThat(page.locator(".away")).hasCount(0);
        assertThat(old).hasCount(0);
    }

    @Test
    void a_workflow_says_where_everyone_waits_what_differs_and_how_a_run_would_go() throws Exception {
        Scene scene = new Scene(CONSOLE.service(), thirdParty);
        String workflow = scene.workflow();
        scene.run(workflow, scene.name() + " a");
        scene.run(workflow, scene.name() + " b");
        change(workflow, scene.name());

        Page page = CONSOLE.visit(Look.USUAL);
        page.navigate("/workflows/" + workflow);
        Locator row = page.getByRole(AriaRole.ROW, new Page.GetByRoleOptions().setName(Pattern.compile("^1 welcome")));
        assertThat(row.getByRole(AriaRole.CELL).first()).hasText("2");
        row.getByRole(AriaRole.CELL).first().getByRole(AriaRole.LINK).click();
        page.waitForURL(Pattern.compile(".*/timers\\?.*"));
        assertThat(query(page.url())).containsEntry("workflowId", workflow).containsEntry("status", "scheduled");

        page.navigate("/workflows/" + workflow + "?tab=versions");
        assertThat(page.getByLabel("What differs")).containsText("welcome");
        assertThat(page.getByLabel("What differs")).containsText("changed");

        page.navigate("/workflows/" + workflow + "?tab=simulate&at=2030-03-01T08:00&zone=Europe/Berlin");
        Locator due = page.getByRole(AriaRole.ROW, new Page.GetByRoleOptions().setName(Pattern.compile("^reminder")));
        String there = due.locator("time .nowrap").textContent();
        assertThat(there).matches("(Mon|Thu) \\d+ Mar 2030 10:00 \\+01");
        Page elsewhere = CONSOLE.visit(new Look(Look.USUAL.scheme(), 360, "America/New_York", "ar-EG"));
        elsewhere.navigate(page.url());
        assertThat(elsewhere.locator("tr[data-task] time .nowrap").nth(1)).hasText(there);
    }

    /** Another wait at the first task. */
    private static void change(String workflow, String name) throws Exception {
        String path = "/v1/workflows/" + workflow;
        ObjectNode changed =
                (ObjectNode) JSON.readTree(CONSOLE.service().get(path).body());
        changed.retain("name", "timezone", "tasks");
        ((ObjectNode) changed.at("/tasks/0/delay")).put("amount", 2);
        changed.put("name", name);
        int status = CONSOLE.service()
                .send(CONSOLE.service()
                        .request(path)
                        .header("Content-Type", "application/json")
                        .header("If-Match", "\"1\"")
                        .PUT(HttpRequest.BodyPublishers.ofString(changed.toString())))
                .statusCode();
        assertThat(status).isEqualTo(200);
    }

    /** Answers what comes due when, for a bucket that begins with an instant. */
    private static void coming(Page page, LongUnaryOperator due, int capacity) {
        page.route("**/v1/timers/density?**", route -> {
            Map<String, String> asked = query(route.request().url());
            long from = Instant.parse(asked.get("from")).toEpochMilli();
            int buckets = Integer.parseInt(asked.get("buckets"));
            long width = (Instant.parse(asked.get("to")).toEpochMilli() - from) / buckets;
            ObjectNode answer = JSON.createObjectNode().put("exact", true).put("capacityPerSecond", capacity);
            ArrayNode all = answer.putArray("buckets");
            for (int i = 0; i < buckets; i++) {
                long at = from + i * width;
                all.addObject().put("from", iso(at)).put("to", iso(at + width)).put("count", due.applyAsLong(at));
            }
            route.fulfill(json(answer));
        });
    }

    private static Route.FulfillOptions json(ObjectNode body) {
        return new Route.FulfillOptions().setContentType("application/json").setBody(body.toString());
    }

    private static Map<String, String> query(String url) {
        return Arrays.stream(URI.create(url).getRawQuery().split("&"))
                .map(part -> part.split("=", 2))
                .collect(Collectors.toMap(part -> part[0], part -> URLDecoder.decode(part[1], StandardCharsets.UTF_8)));
    }

    /** As JavaScript writes an instant. */
    private static String iso(long at) {
        String text = Instant.ofEpochMilli(at).toString();
        return at % 1000 == 0 ? text.replace("Z", ".000Z") : text;
    }

    private static Page.GetByRoleOptions named(String name) {
        return new Page.GetByRoleOptions().setName(name).setExact(true);
    }

    private static Locator button(Page page, String name) {
        return page.getByRole(AriaRole.BUTTON, named(name));
    }
}
