package dev.bide.console;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.AriaRole;
import com.microsoft.playwright.options.BoundingBox;
import java.net.URLEncoder;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Workflows are written by mouse and by keys; what is sent is what was typed, and what the page says of it is what the service does. */
class EditorIT {
    @RegisterExtension
    static final ConsoleExtension CONSOLE = new ConsoleExtension();

    /** Digits as they are written. */
    private static final ObjectMapper JSON = JsonMapper.builder()
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .build();

    private static final Look NEW_YORK = new Look(Look.USUAL.scheme(), 1280, "America/New_York", "en-US");
    private static final Pattern A_WORKFLOW = Pattern.compile(".*/workflows/[0-9a-f-]{36}");

    @Test
    void every_next_monday_at_nine_in_hanoi_takes_a_city_and_an_offer() throws Exception {
        Page page = CONSOLE.visit(NEW_YORK);
        page.navigate("/workflows/new");
        field(page, "Name").first().fill("Mondays");
        field(page, "Time zone").fill("hanoi");
        button(page, "next Monday 9:00").click();
        assertThat(page.locator(".answer .rule").first()).hasText("the first Monday at 09:00, Asia/Ho_Chi_Minh");
        assertThat(page.locator(".answer .due strong")).hasText(Pattern.compile("Mon .* 09:00 \\+07"));
        field(page, "Address").fill("api.example.com/mails");
        button(page, "Test call…").click();
        assertThat(field(page, "Address")).hasAttribute("aria-invalid", "true");
        assertThat(page.locator("dialog")).hasCount(0);
        field(page, "Address").fill("https://api.example.com/mails");
        button(page, "Make it").first().click();

        JsonNode made = made(page);
        assertThat(made.path("timezone").asText()).isEqualTo("Asia/Ho_Chi_Minh");
        assertThat(made.at("/tasks/0/delay")).isEqualTo(JSON.readTree("""
                {"type": "weekdays", "days": ["MONDAY"], "at": "09:00"}"""));
    }

    @Test
    void a_workflow_is_made_by_keys_alone() throws Exception {
        Page page = CONSOLE.visit(NEW_YORK);
        page.navigate("/workflows/new");
        assertThat(page.locator(".answer .rule").first()).isVisible();
        tabTo(page, "Name");
        page.keyboard().type("By keys");
        tabTo(page, "A period");
        page.keyboard().press("ArrowRight");
        tabTo(page, "Fri");
        page.keyboard().press("Space");
        tabTo(page, "Time of day");
        page.keyboard().press("Control+a");
        page.keyboard().type("5 pm");
        tabTo(page, "Address");
        page.keyboard().type("https://api.example.com/mails");
        tabTo(page, "Body");
        page.keyboard().type("{\"to\": \"");
        tabTo(page, "input.email");
        page.keyboard().press("Enter");
        page.keyboard().type("\"}");
        page.keyboard().press("Control+Enter");

        JsonNode made = made(page);
        assertThat(made.at("/tasks/0/delay")).isEqualTo(JSON.readTree("""
                {"type": "weekdays", "days": ["FRIDAY"], "at": "17:00"}"""));
        assertThat(made.at("/tasks/0/action/body")).isEqualTo(JSON.readTree("{\"to\": \"{{input.email}}\"}"));
    }

    @Test
    void tasks_change_places_by_hand_by_buttons_and_by_keys_and_are_saved_so() throws Exception {
        String id = workflow("Order", "one", "two", "three");
        Page page = edit(id);
        drag(page, page.locator(".handle").nth(2), page.locator(".handle").nth(0));
        assertThat(page.locator(".opener")).hasText(new String[] {"1 three", "2 one", "3 two"});
        button(page, "one down").click();
        assertThat(page.locator(".opener")).hasText(new String[] {"1 three", "2 two", "3 one"});
        page.locator(".handle").nth(2).focus();
        page.keyboard().press("Alt+ArrowUp");
        assertThat(page.locator(".opener")).hasText(new String[] {"1 three", "2 one", "3 two"});
        assertThat(page.locator("bide-task-list [role=status]")).hasText("one is now task 2 of 3.");
        page.keyboard().press("Alt+ArrowUp");
        assertThat(page.locator(".handle").nth(0)).isFocused();

        button(page, "Save…").first().click();
        assertThat(page.locator("dialog .diff")).containsText("moved");
        button(page, "Save version 2").click();
        page.waitForURL("**/workflows/" + id);
        assertThat(names(get("/v1/workflows/" + id))).containsExactly("one", "three", "two");
    }

    @Test
    void what_is_wrong_stands_at_its_field_until_it_is_changed() throws Exception {
        Page page = edit(workflow("Faults", "one", "two"));
        page.locator(".opener").nth(1).click();
        body(page).fill("{\"b\": \"{{nor.this}}\"}");
        page.locator(".opener").nth(0).click();
        body(page).fill("{\"a\": 1,}");
        button(page, "Save…").first().click();
        assertThat(body(page)).isFocused();
        assertThat(errors(page)).containsText("line 1, column 9");

        body(page).fill("{\"a\": \"{{nothing}}\"}");
        button(page, "Save…").first().click();
        button(page, "Save version 2").click();
        assertThat(body(page)).isFocused();
        assertThat(errors(page)).containsText("unknown variable {{nothing}}");
        assertThat(page.locator("bide-task-card").nth(1)).containsText("something is wrong");

        body(page).fill("{}");
        page.locator(".opener").nth(1).click();
        assertThat(errors(page)).containsText("unknown variable {{nor.this}}");
        body(page).fill("{}");
        assertThat(page.locator("bide-task-list .error")).hasCount(0);
    }

    @Test
    void what_was_not_saved_is_offered_again() throws Exception {
        String id = workflow("Draft", "one");
        Page page = edit(id);
        body(page).fill("{\"half\": ");
        page.onDialog(com.microsoft.playwright.Dialog::accept);
        page.locator("nav a", new Page.LocatorOptions().setHasText("Timers")).click();
        page.waitForURL("**/timers");
        assertThat(page.locator(".toasts")).containsText("“Draft” is kept as a draft");
        page.navigate("/workflows/" + id + "/edit");
        button(page, "Continue “Draft”").click();
        page.locator(".opener").click();
        assertThat(body(page)).hasValue("{\"half\": ");
    }

    @Test
    void one_who_saved_in_between_is_seen_before_anything_is_lost() throws Exception {
        String id = workflow("Between", "one");
        Page page = edit(id);
        field(page, "Name").first().fill("Mine");
        send("PUT", "/v1/workflows/" + id, """
                {"name": "Theirs", "tasks": []}""");
        button(page, "Save…").first().click();
        button(page, "Save version 2").click();
        assertThat(page.locator("dialog h2")).hasText("Somebody saved version 2");
        button(page, "Compare").click();
        assertThat(page.locator("dialog .diff")).containsText("Theirs");
        button(page, "Save mine over it…").click();
        button(page, "Save version 3").click();
        page.waitForURL("**/workflows/" + id);
        assertThat(get("/v1/workflows/" + id).path("name").asText()).isEqualTo("Mine");
    }

    @Test
    void an_edit_of_those_who_wait_is_counted_first_and_leads_to_its_operation() throws Exception {
        String id = workflow("Waiting", "one");
        for (int i = 0; i < 3; i++) {
            send("POST", "/v1/workflows/" + id + "/runs", "{}");
        }
        Page page = edit(id);
        button(page, "5 min").click();
        button(page, "Save…").first().click();
        page.getByText("active runs too").click();
        assertThat(page.locator("dialog tbody tr")).hasCount(1);
        assertThat(page.locator("dialog tbody td").nth(0)).hasText("changed");
        assertThat(page.locator("dialog tbody td").nth(1)).hasText("3");
        assertThat(page.locator("dialog tbody td").nth(2)).hasText("0");
        button(page, "Save version 2").click();
        page.waitForURL("**/operations/*");
        String operation = "/v1/operations/" + page.url().replaceAll(".*/", "");
        await().atMost(Duration.ofSeconds(30))
                .until(() -> get(operation).path("status").asText().equals("completed"));
        assertThat(get("/v1/timers?workflowId=" + id).path("items")).hasSize(3).allSatisfy(timer -> assertThat(
                        timer.at("/delay/unit").asText())
                .isEqualTo("minutes"));
    }

    @Test
    void a_body_goes_out_as_it_was_typed() throws Exception {
        String typed = "{\"z\": 1e3, \"10\": 0.10, \"a\": 123456789012345678901234567890, \"2\": \"\\u00e9\\/\"}";
        String id = workflow("Digits", "one");
        Page page = edit(id);
        body(page).fill(typed);
        List<String> sent = new ArrayList<>();
        page.onRequest(request -> {
            if (request.method().equals("PUT")) {
                sent.add(request.postData());
            }
        });
        button(page, "Save…").first().click();
        button(page, "Save version 2").click();
        page.waitForURL("**/workflows/" + id);
        assertThat(sent).singleElement().asString().contains("\"body\":" + typed);
        page.navigate("/workflows/" + id + "/edit");
        assertThat(body(page))
                .hasValue(Pattern.compile(
                        ".*\"z\": 1e3,\\s+\"10\": 0.10,\\s+\"a\": 123456789012345678901234567890,.*", Pattern.DOTALL));
    }

    @Test
    void calls_are_filled_on_the_page_as_the_service_fills_them() throws Exception {
        String input = """
                {"email": "ada@example.com", "n": 1e3, "big": 0.10, "digits": 123456789012345678901234567890, "ok": true, "none": null,
                 "list": [1, {"a": "x"}], "q": "say \\"hi\\"", "deep": {"er": {"still": "here"}}, "empty": {}, "text": "<&>\\n\\u00e9"}""";
        List<String> bodies = List.of(
                "{\"to\": \"{{input.email}}\"}",
                "{\"n\": \"{{input.n}}\", \"big\": \"{{ input.big }}\"}",
                "\"{{input.digits}}\"",
                "[\"{{input.ok}}\", \"{{input.none}}\", \"{{input.missing}}\", \"{{run.key}}\"]",
                "\"{{input.list}}\"",
                "\"{{input.list.1.a}}\"",
                "\"{{input.list.7}}\"",
                "\"n is {{input.n}}, {{input.missing}}{{input.none}}.\"",
                "\"{{input.list}} for {{task.name}}\"",
                "\"{{{task.name}}} and {{&task.name}}\"",
                "\"he would {{input.q}}\"",
                "{\"a\": 1e3, \"0\": 0.10, \"{{input.n}}\": \"plain\"}",
                "\"{{input.deep}}\"",
                "\"{{input.deep.er.still}}\"",
                "\"{{input.deep.er}} {{input.empty}}\"",
                "\"{{input}}\"",
                "\"{{input.text}}\"",
                "\"a {{input.text}} b\"",
                "\"{{input.email.x}}\"",
                "[]",
                "{}",
                "true",
                "12.50",
                "\"\"",
                "\" {{input.ok}}\"",
                "\"{{input.ok}} \"",
                "[[\"{{input.email}}\"], {\"x\": [\"{{input.n}}\"]}]",
                "\"{{input.big}}{{input.big}}\"",
                "\"}} {{input.n}}\"");
        String tasks = java.util.stream.IntStream.range(0, bodies.size())
                .mapToObj(i -> """
                        {"name": "task %s", "delay": {"type": "period", "amount": 0, "unit": "seconds"}, "action": {"url": "https://api.example.com/", "body": %s}}""".formatted(i, bodies.get(i)))
                .collect(Collectors.joining(", "));
        String id = send("POST", "/v1/workflows", "{\"name\": \"Filled\", \"tasks\": [" + tasks + "]}")
                .path("id")
                .asText();
        JsonNode steps = send("POST", "/v1/workflows/" + id + "/simulate", "{\"input\": " + input + "}")
                .path("steps");
        assertThat(steps).hasSize(bodies.size());

        Page page = CONSOLE.visit(Look.USUAL);
        page.navigate("/playground");
        for (int i = 0; i < bodies.size(); i++) {
            Object filled = page.evaluate(
                    "async ([body, input, name]) => (await import(new URL('console/model/fill.js', document.baseURI))).fillBody(body, {input, 'task.name': name})",
                    List.of(bodies.get(i), input, "task " + i));
            assertThat(JSON.readTree(String.valueOf(filled)))
                    .as(bodies.get(i))
                    .isEqualTo(steps.get(i).at("/request/body"));
        }
    }

    @Test
    void a_link_of_the_playground_says_the_same_times_to_everybody() {
        String link = "/playground?delay=" + encoded("{\"type\":\"date\",\"date\":\"2099-03-29\",\"at\":\"02:30\"}")
                + "&zone=Europe/Berlin&zone=Pacific/Apia&from=2099-03-28T12:00:00Z";
        List<String> seen = new ArrayList<>();
        for (Look look : List.of(Look.USUAL, NEW_YORK)) {
            Page page = CONSOLE.visit(look);
            page.navigate(link);
            Locator row = page.locator("main table.places tbody tr");
            assertThat(row).hasCount(1);
            assertThat(row.locator("th")).containsText("+01");
            seen.add(row.innerText());
        }
        assertThat(seen.get(0))
                .isEqualTo(seen.get(1))
                .contains("Sun 29 Mar 2099 03:30 +02", "02:30 does not exist that day");
    }

    private static String workflow(String name, String... tasks) throws Exception {
        String written = java.util.Arrays.stream(tasks)
                .map(task -> """
                        {"name": "%s", "delay": {"type": "period", "amount": 1, "unit": "days"}, "action": {"url": "https://api.example.com/%s", "body": {}}}""".formatted(task, task))
                .collect(Collectors.joining(", "));
        return send(
                        "POST",
                        "/v1/workflows",
                        "{\"name\": \"%s\", \"timezone\": \"Europe/Berlin\", \"tasks\": [%s]}".formatted(name, written))
                .path("id")
                .asText();
    }

    private static Page edit(String id) {
        Page page = CONSOLE.visit(Look.USUAL);
        page.navigate("/workflows/" + id + "/edit");
        assertThat(page.locator("bide-ruler")).containsText("A run started now ends");
        return page;
    }

    /** What was made is what its page is of. */
    private static JsonNode made(Page page) throws Exception {
        page.waitForURL(A_WORKFLOW);
        return get("/v1" + page.url().substring(CONSOLE.service().address().length()));
    }

    private static void drag(Page page, Locator from, Locator to) {
        BoundingBox start = from.boundingBox();
        BoundingBox end = to.boundingBox();
        page.mouse().move(start.x + 8, start.y + 8);
        page.mouse().down();
        page.mouse().move(start.x + 8, (start.y + end.y) / 2);
        page.mouse().move(end.x + 8, end.y - 8);
        page.mouse().up();
    }

    private static void tabTo(Page page, String label) {
        for (int i = 0; i < 80; i++) {
            page.keyboard().press("Tab");
            Object at = page.evaluate(
                    "() => { const at = document.activeElement; return (at.labels?.[0]?.textContent ?? at.getAttribute('aria-label') ?? at.textContent).trim(); }");
            if (String.valueOf(at).startsWith(label)) {
                return;
            }
        }
        throw new AssertionError("no way by Tab to " + label);
    }

    private static Locator button(Page page, String name) {
        return page.getByRole(
                AriaRole.BUTTON, new Page.GetByRoleOptions().setName(name).setExact(true));
    }

    private static Locator field(Page page, String label) {
        return page.getByRole(
                        AriaRole.TEXTBOX,
                        new Page.GetByRoleOptions().setName(label).setExact(true))
                .or(page.getByRole(
                        AriaRole.COMBOBOX,
                        new Page.GetByRoleOptions().setName(label).setExact(true)));
    }

    private static Locator body(Page page) {
        return page.locator("bide-json-field.body textarea");
    }

    private static Locator errors(Page page) {
        return page.locator("bide-task-list .error").first();
    }

    private static List<String> names(JsonNode workflow) {
        return StreamSupport.stream(workflow.path("tasks").spliterator(), false)
                .map(task -> task.path("name").asText())
                .toList();
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }

    private static JsonNode get(String path) throws Exception {
        return JSON.readTree(CONSOLE.service().get(path).body());
    }

    private static JsonNode send(String method, String path, String body) throws Exception {
        HttpResponse<String> answer = CONSOLE.service()
                .send(CONSOLE.service()
                        .request(path)
                        .header("Content-Type", "application/json")
                        .method(method, HttpRequest.BodyPublishers.ofString(body)));
        assertThat(answer.statusCode()).as(answer.body()).isBetween(200, 299);
        return JSON.readTree(answer.body());
    }
}
