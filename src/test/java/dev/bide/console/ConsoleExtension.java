package dev.bide.console;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.microsoft.playwright.Browser;
import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.BrowserType;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Playwright;
import com.microsoft.playwright.assertions.PlaywrightAssertions;
import dev.bide.ServiceExtension;
import dev.bide.testing.PostgresExtension;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * A real browser on a real service. The browser is Debian's (package chromium); where there is none the tests are skipped, but in CI they fail. Each visit is watched, and
 * after a test nothing may have gone wrong on any.
 */
final class ConsoleExtension implements BeforeAllCallback, AfterEachCallback, AfterAllCallback {
    private static final Path CHROMIUM = Path.of("/usr/bin/chromium");
    /** In milliseconds. */
    private static final double PATIENCE = 60_000;

    /** Without a sandbox, since tests run as root in a container; without what would ask hosts of others. */
    private static final List<String> ARGUMENTS = List.of(
            "--no-sandbox",
            "--disable-gpu",
            "--disable-quic",
            "--no-first-run",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync");

    private final ServiceExtension service = new ServiceExtension(PostgresExtension.unmigrated())
            .with("telemetry.traceUrl", "https://traces.example/{traceId}?from=bide");
    private final Map<BrowserContext, Watch> visits = new LinkedHashMap<>();
    private final Locale locale = Locale.getDefault();
    private Playwright playwright;
    private Browser browser;

    @Override
    public void beforeAll(ExtensionContext context) throws Exception {
        if (System.getenv("CI") == null) {
            assumeTrue(Files.exists(CHROMIUM), "needs Debian's chromium");
        }
        assertThat(CHROMIUM).exists();
        // Playwright writes its enums' names in small letters by the JVM's locale, and in Turkish LIGHT becomes
        // something else.
        Locale.setDefault(Locale.CANADA_FRENCH);
        // A machine that runs other tests besides is in no hurry.
        PlaywrightAssertions.setDefaultAssertionTimeout(PATIENCE);
        service.beforeAll(context);
        playwright = Playwright.create(
                new Playwright.CreateOptions().setEnv(Map.of("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1")));
        browser = playwright
                .chromium()
                .launch(new BrowserType.LaunchOptions()
                        .setExecutablePath(CHROMIUM)
                        .setArgs(ARGUMENTS));
    }

    /** The service by itself, as a user of its API has it. */
    ServiceExtension service() {
        return service;
    }

    /** Somebody comes with a browser of their own. */
    Page visit(Look look) {
        BrowserContext context = browser.newContext(look.options().setBaseURL(service.address()));
        context.setDefaultTimeout(PATIENCE);
        visits.put(context, new Watch(context, service.address()));
        return context.newPage();
    }

    @Override
    public void afterEach(ExtensionContext context) {
        List<Watch> watched = new ArrayList<>(visits.values());
        if (context.getExecutionException().isPresent()) {
            visits.keySet().stream()
                    .flatMap(visit -> visit.pages().stream())
                    .forEach(page -> page.screenshot(new Page.ScreenshotOptions()
                            .setPath(Path.of("target/console/failed-" + context.getDisplayName() + ".png"))));
        }
        visits.keySet().forEach(ConsoleExtension::close);
        visits.clear();
        watched.forEach(Watch::assertNothingWrong);
    }

    /** What a test answers in the service's place first: a request that comes while its page closes would be answered on a page that is gone. */
    private static void close(BrowserContext visit) {
        visit.pages().forEach(Page::unrouteAll);
        visit.unrouteAll();
        visit.close();
    }

    @Override
    public void afterAll(ExtensionContext context) throws Exception {
        Locale.setDefault(locale);
        if (playwright != null) {
            playwright.close();
            service.afterAll(context);
        }
    }
}
