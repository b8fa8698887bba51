package dev.bide.console;

import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.ConsoleMessage;
import com.microsoft.playwright.Page;
import java.net.URI;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.regex.Pattern;

/** Notes all that must not happen on any page: faults of scripts, words on the browser's console, breaches of the policy, requests that leave the origin. */
final class Watch {
    /** What the browser itself says of an answer that is no 2xx; whether one may be is the test's matter. */
    private static final Pattern ANSWER = Pattern.compile("Failed to load resource: .*");

    private static final String NOTES_BREACHES =
            "document.addEventListener('securitypolicyviolation', e => console.error('policy: ' + e.violatedDirective + ' ' + e.blockedURI));";

    private final String origin;
    private final List<String> faults = new CopyOnWriteArrayList<>();

    Watch(BrowserContext context, String origin) {
        this.origin = origin;
        context.addInitScript(NOTES_BREACHES);
        context.route(url -> !isOurs(url), route -> {
            faults.add("a request leaves the origin: " + route.request().url());
            route.abort();
        });
        context.onPage(this::watch);
    }

    private boolean isOurs(String url) {
        return url.startsWith(origin + "/")
                || url.startsWith("data:")
                || URI.create(url).getScheme().equals("blob");
    }

    private void watch(Page page) {
        page.onPageError(fault -> faults.add("a script failed: " + fault));
        page.onConsoleMessage(this::note);
    }

    private void note(ConsoleMessage message) {
        boolean matters = message.type().equals("error") || message.type().equals("warning");
        if (matters && !ANSWER.matcher(message.text()).matches()) {
            faults.add(message.type() + " on the console: " + message.text() + " (" + message.location() + ")");
        }
    }

    void assertNothingWrong() {
        assertThat(faults).isEmpty();
    }
}
