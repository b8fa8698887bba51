package dev.bide.console;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.assertions.LocatorAssertions;
import com.microsoft.playwright.options.AriaRole;
import com.microsoft.playwright.options.ColorScheme;
import dev.bide.thirdparty.Demonstration;
import dev.bide.thirdparty.ThirdPartyServer;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Takes pictures of the demonstration, for people to look at: {@code target/console/NAME-SCHEME-WIDTH.png}. Only where {@code -Dconsole.pictures} says so; where
 * it names a folder, those of README are written there too.
 */
@EnabledIf("areWanted")
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class ConsolePicturesIT {
    @RegisterExtension
    static final ConsoleExtension CONSOLE = new ConsoleExtension();

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Look LOOK = new Look(ColorScheme.LIGHT, 1280, "Europe/Berlin", "en-GB");
    private static final List<Integer> WIDTHS = List.of(1280, 360);
    private static final List<ColorScheme> SCHEMES = List.of(ColorScheme.LIGHT, ColorScheme.DARK);
    private static final Path ALL = Path.of("target/console");
    private static final int LARGEST = 120 * 1024;
    private static final int HEIGHT = 800;
    private static final int HEIGHT_IN_README = 720;

    private static ThirdPartyServer good;
    private static ThirdPartyServer slow;
    private static Demonstration demonstration;

    /**
     * One picture in all its looks.
     *
     * @param address with words in braces for what only the service knows
     * @param first what is done on the page before
     */
    private record Picture(String name, String address, Consumer<Page> first) {
        @Override
        public String toString() {
            return name;
        }
    }

    static boolean areWanted() {
        return System.getProperty("console.pictures") != null;
    }

    @BeforeAll
    static void show_something() throws Exception {
        good = thirdParty();
        slow = thirdParty();
        demonstration = new Demonstration(null, address(good), address(slow));
        demonstration.start(URI.create(CONSOLE.service().address()), () -> {});
        await().atMost(Duration.ofMinutes(3))
                .pollInterval(Duration.ofSeconds(1))
                .until(() -> {
                    JsonNode groups = get("/v1/problems").path("items");
                    return groups.size() >= 2
                            && groups.get(0).path("count").intValue() >= 40
                            && get("/v1/stats").at("/perSecond/delivered").doubleValue() > 10
                            && get("/v1/runs?status=failed").path("items").size() >= 50;
                });
        // One that is held, and one that was changed by hand.
        post("/v1/destinations/letters.example.com:443/pause", "{\"reason\": \"they move to a new building\"}");
        post("/v1/timers/" + timer("scheduled") + "/pause", "{}");
    }

    @AfterAll
    static void end() throws Exception {
        demonstration.close();
        good.close();
        slow.close();
    }

    static Stream<Picture> pictures() {
        return Stream.of(
                of("overview", "/"),
                of("overview-week", "/?coming=week"),
                of("overview-year", "/?coming=year"),
                of("workflows", "/workflows"),
                of("workflow", "/workflows/{Onboarding}"),
                of("workflow-runs", "/workflows/{Onboarding}?tab=runs"),
                of("workflow-versions", "/workflows/{Onboarding}?tab=versions"),
                of("workflow-simulate", "/workflows/{Onboarding}?tab=simulate"),
                of("workflow-start", "/workflows/{Onboarding}", button("Start a run")),
                of("editor-new", "/workflows/new"),
                of("editor", "/workflows/{Onboarding}/edit", ConsolePicturesIT::openThirdTask),
                of("editor-save", "/workflows/{Onboarding}/edit", ConsolePicturesIT::saveWithFridays),
                of("runs", "/runs"),
                of("run", "/runs/{run active}"),
                of("run-failed", "/runs/{run failed}"),
                of("run-redrive", "/runs/{run failed}", button("Try again…")),
                of("timers", "/timers?status=scheduled"),
                of("timers-dead", "/timers?status=dead"),
                of("timers-chosen", "/timers?status=scheduled", page -> {
                    page.locator("tbody input").nth(0).check();
                    page.locator("tbody input").nth(2).check();
                }),
                of(
                        "timers-bulk",
                        "/timers?status=scheduled,retrying&workflowId={Onboarding}",
                        ConsolePicturesIT::askToPause),
                of("timer", "/timers/{timer scheduled}"),
                of("timer-dead", "/timers/{timer dead}"),
                of("timer-delivered", "/timers/{timer delivered}"),
                of("timer-time", "/timers/{timer scheduled}", button("Change the time…")),
                of("failures", "/failures"),
                of("failures-ten", "/failures", page -> {
                    button("Try ten").accept(page);
                    assertThat(page.locator(".group")
                                    .getByText("Of the oldest ten: ")
                                    .first())
                            .isVisible(new LocatorAssertions.IsVisibleOptions().setTimeout(60_000));
                }),
                of("destinations", "/destinations"),
                of("destination", "/destinations/{good}"),
                of("destination-paused", "/destinations/letters.example.com:443"),
                of("operations", "/operations"),
                of("operation", "/operations/{operation}"),
                of("playground", "/playground"),
                of("search", "/", page -> {
                    page.keyboard().press("/");
                    page.locator("#search").fill("demo-7");
                    assertThat(page.locator("#search-hits li").first()).isVisible();
                }),
                of("help", "/runs", page -> page.keyboard().press("?")),
                of("missing", "/runs/nothing-here"),
                of("docs", "/docs/"));
    }

    @ParameterizedTest
    @MethodSource("pictures")
    @Order(1)
    void are_taken(Picture picture) throws Exception {
        Page page = come(picture, LOOK);
        for (int width : WIDTHS) {
            page.setViewportSize(width, HEIGHT);
            for (ColorScheme scheme : SCHEMES) {
                page.emulateMedia(new Page.EmulateMediaOptions().setColorScheme(scheme));
                settle(page);
                Path file = ALL.resolve(
                        picture.name() + "-" + scheme.name().toLowerCase(Locale.ROOT) + "-" + width + ".png");
                page.screenshot(new Page.ScreenshotOptions()
                        .setPath(file)
                        .setFullPage(page.locator("dialog").count() == 0));
                assertThat(file).isNotEmptyFile();
            }
        }
    }

    /** What README shows: the first screenful, after all others, when there is most to see. */
    static Stream<Picture> picturesOfReadme() {
        return Stream.of(
                of("overview", "/"),
                of("coming-week", "/?coming=week"),
                of("editor", "/workflows/{Onboarding}/edit", page -> {
                    openThirdTask(page);
                    page.locator("bide-task-card")
                            .nth(2)
                            .evaluate("card => { card.scrollIntoView(); scrollBy(0, -64); }");
                }),
                of("run", "/runs/{run active}"),
                of("timer", "/timers/{timer scheduled}"),
                of("failures", "/failures"));
    }

    @ParameterizedTest
    @MethodSource("picturesOfReadme")
    @EnabledIf("isFolderNamed")
    @Order(2)
    void of_readme_are_small(Picture picture) throws Exception {
        Path folder = Path.of(System.getProperty("console.pictures"));
        await().atMost(Duration.ofMinutes(3))
                .pollInterval(Duration.ofSeconds(1))
                .until(ConsolePicturesIT::isPaceKnown);
        Page page = come(picture, LOOK);
        page.setViewportSize(1280, HEIGHT_IN_README);
        for (ColorScheme scheme : SCHEMES) {
            page.emulateMedia(new Page.EmulateMediaOptions().setColorScheme(scheme));
            settle(page);
            Path file = folder.resolve(picture.name() + "-" + name(scheme) + ".png");
            SmallPicture.write(firstScreenful(page, picture), file);
            assertThat(Files.size(file)).as(file.toString()).isLessThanOrEqualTo(LARGEST);
        }
    }

    /** After a whole minute. */
    private static boolean isPaceKnown() throws IOException, InterruptedException {
        Instant now = Instant.now();
        return get("/v1/timers/density?buckets=1&from=" + now + "&to=" + now.plusSeconds(60))
                        .path("capacityPerSecond")
                        .doubleValue()
                > 0;
    }

    private static byte[] firstScreenful(Page page, Picture picture) {
        if (picture.name().equals("coming-week")) {
            return page.locator("bide-density").screenshot();
        }
        // Without the place that is kept for a scrollbar.
        int width = (int) page.evaluate("() => document.body.clientWidth");
        return page.screenshot(new Page.ScreenshotOptions().setClip(0, 0, width, HEIGHT_IN_README));
    }

    static boolean isFolderNamed() {
        return !Set.of("", "true").contains(System.getProperty("console.pictures", ""));
    }

    private static Picture of(String name, String address) {
        return of(name, address, page -> {});
    }

    private static Picture of(String name, String address, Consumer<Page> first) {
        return new Picture(name, address, first);
    }

    private static Consumer<Page> button(String name) {
        return page -> page.getByRole(AriaRole.BUTTON, named(name)).first().click();
    }

    private static Page.GetByRoleOptions named(String name) {
        return new Page.GetByRoleOptions().setName(name).setExact(true);
    }

    private static void saveWithFridays(Page page) {
        openThirdTask(page);
        page.getByText("Fri", new Page.GetByTextOptions().setExact(true))
                .first()
                .click();
        button("Save…").accept(page);
        assertThat(page.locator("dialog .diff")).isVisible();
    }

    private static void askToPause(Page page) {
        page.locator("summary", new Page.LocatorOptions().setHasText("All that match"))
                .click();
        page.locator(".acts").getByText("Pause…").click();
        page.locator("dialog").getByText("10 of them").click();
        assertThat(page.locator("dialog .sample li").first()).isVisible();
    }

    private static void openThirdTask(Page page) {
        page.locator(".opener").nth(2).click();
        assertThat(page.locator("bide-task-card .answer .due").first()).isVisible();
    }

    private static Page come(Picture picture, Look look) throws IOException, InterruptedException {
        Page page = CONSOLE.visit(look);
        page.navigate(filled(picture.address()));
        page.waitForSelector("h1, h2");
        settle(page);
        picture.first().accept(page);
        return page;
    }

    private static String name(ColorScheme scheme) {
        return scheme.name().toLowerCase(Locale.ROOT);
    }

    /** All is there, and the plots have been drawn anew. */
    private static void settle(Page page) {
        page.waitForFunction("() => document.querySelector('main [aria-busy=true], dialog [aria-busy=true]') === null");
        page.evaluate(
                "() => document.fonts.ready.then(() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done))))");
    }

    private static String filled(String address) throws IOException, InterruptedException {
        if (!address.contains("{")) {
            return address;
        }
        String word = address.substring(address.indexOf('{') + 1, address.indexOf('}'));
        String[] words = word.split(" ");
        String value =
                switch (words[0]) {
                    case "good" -> "127.0.0.1:" + good.port();
                    case "operation" -> first("/v1/operations");
                    case "run" -> run(words[1]);
                    case "timer" -> timer(words[1]);
                    default -> first("/v1/workflows?query=" + words[0]);
                };
        return address.replace("{" + word + "}", value);
    }

    /** One with something to tell. */
    private static String run(String status) throws IOException, InterruptedException {
        return first(
                status.equals("active")
                        ? "/v1/runs?status=active&workflowId=" + first("/v1/workflows?query=Onboarding")
                        : "/v1/runs?status=" + status);
    }

    private static String timer(String status) throws IOException, InterruptedException {
        return first(
                status.equals("scheduled")
                        ? "/v1/timers?status=scheduled&workflowId=" + first("/v1/workflows?query=Onboarding")
                        : "/v1/timers?status=" + status);
    }

    private static String first(String path) throws IOException, InterruptedException {
        String id = get(path).at("/items/0/id").asText();
        assertThat(id).as(path).isNotEmpty();
        return id;
    }

    private static JsonNode get(String path) throws IOException, InterruptedException {
        return JSON.readTree(CONSOLE.service().get(path).body());
    }

    private static void post(String path, String body) throws IOException, InterruptedException {
        assertThat(CONSOLE.service()
                        .send(CONSOLE.service()
                                .request(path)
                                .header("Content-Type", "application/json")
                                .POST(HttpRequest.BodyPublishers.ofString(body)))
                        .statusCode())
                .as(path)
                .isEqualTo(200);
    }

    private static ThirdPartyServer thirdParty() throws Exception {
        return ThirdPartyServer.start("127.0.0.1", 0, 1000, InstantSource.system(), null);
    }

    private static String address(ThirdPartyServer thirdParty) {
        return "http://127.0.0.1:" + thirdParty.port();
    }
}
