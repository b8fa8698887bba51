package dev.bide.console;

import com.microsoft.playwright.Page;
import com.microsoft.playwright.Route;
import dev.bide.testing.StubThirdParty;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Each page in each state, light and dark, on a phone and on a desk: nothing cut, nothing sideways, nothing that axe finds grave. */
class StatesIT {
    @RegisterExtension
    static final ConsoleExtension CONSOLE = new ConsoleExtension();

    @RegisterExtension
    final StubThirdParty thirdParty = new StubThirdParty();

    /** What is being looked at. */
    private enum State {
        FULL,
        EMPTY,
        FAULTY,
        LOADING,
        AWAY
    }

    /** Of what the first test made for all. */
    private static Map<String, String> ids;

    @BeforeEach
    void set_the_scene() {
        if (ids != null) {
            return;
        }
        Scene scene = new Scene(CONSOLE.service(), thirdParty);
        String workflow = scene.workflow();
        String run = scene.run(workflow, scene.name());
        String timer = scene.timer(scene.name(), "3 days", "/later");
        ids = Map.of(
                "{workflow}",
                workflow,
                "{run}",
                run,
                "{timer}",
                timer,
                "{dead}",
                scene.deadTimer(scene.name() + " dead"));
    }

    static Stream<Arguments> pagesAndStates() {
        return Stream.of(
                        "/",
                        "/workflows",
                        "/workflows/new",
                        "/workflows/{workflow}",
                        "/workflows/{workflow}/edit",
                        "/runs",
                        "/runs/{run}",
                        "/timers",
                        "/timers/{timer}",
                        "/timers/{dead}",
                        "/failures",
                        "/destinations",
                        "/operations",
                        "/channels",
                        "/playground",
                        "/runs/nothing-here")
                .flatMap(page -> Stream.of(State.values())
                        // What is not there has nothing to load.
                        .filter(state -> state == State.FULL || !page.endsWith("nothing-here"))
                        .map(state -> Arguments.of(page, state)));
    }

    @ParameterizedTest
    @MethodSource("pagesAndStates")
    void is_readable_in_every_look(String address, State state) {
        Page page = CONSOLE.visit(Look.USUAL);
        answer(page, state);
        page.navigate(ids.entrySet().stream()
                .reduce(address, (text, id) -> text.replace(id.getKey(), id.getValue()), (a, b) -> a));
        page.waitForSelector("h1");
        if (state == State.LOADING) {
            page.waitForSelector("[aria-busy=true]");
        } else {
            page.waitForFunction("() => document.querySelector('main [aria-busy=true]') === null");
        }
        for (Look look : looks(state)) {
            page.setViewportSize(look.width(), 800);
            page.emulateMedia(new Page.EmulateMediaOptions().setColorScheme(look.scheme()));
            // What is drawn to the width follows it a moment later; then nothing is sideways.
            page.waitForFunction("() => document.documentElement.scrollWidth <= document.documentElement.clientWidth");
            Axe.assertReadableByAll(page);
        }
    }

    /** The same colours and columns are in all states; where there is little to see, each is looked at once. */
    private static List<Look> looks(State state) {
        Look usual = Look.USUAL;
        return state == State.FULL
                ? List.of(usual, usual.dark(), usual.narrow(), usual.narrow().dark())
                : List.of(usual, usual.narrow().dark());
    }

    private static void answer(Page page, State state) {
        switch (state) {
            case FULL -> {}
            case EMPTY ->
                page.route(
                        url -> url.matches(
                                ".*/v1/(workflows|runs|timers|problems|destinations|operations|channels)(\\?.*)?"),
                        route -> route.fulfill(new Route.FulfillOptions()
                                .setContentType("application/json")
                                .setBody("{\"items\": [], \"nextCursor\": null, \"scope\": \"all 0\"}")));
            case FAULTY -> page.route("**/v1/**", route -> route.fulfill(problem(500, "internal", "Internal error")));
            case LOADING -> page.route("**/v1/**", route -> {});
            case AWAY -> page.route("**/v1/**", route -> route.fulfill(problem(503, "unavailable", "Database away")));
        }
    }

    private static Route.FulfillOptions problem(int status, String type, String title) {
        return new Route.FulfillOptions()
                .setStatus(status)
                .setHeaders(Map.of("Content-Type", "application/problem+json", "Retry-After", "1"))
                .setBody("""
                        {"type": "urn:bide:problem:%s", "title": "%s", "status": %d, "detail": "It is said here, and at some length, what is wrong and what can be done about it."}""".formatted(type, title, status));
    }
}
