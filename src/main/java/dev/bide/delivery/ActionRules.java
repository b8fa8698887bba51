package dev.bide.delivery;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.bide.delivery.address.AddressGuard;
import dev.bide.delivery.address.HostResolver;
import dev.bide.delivery.address.UrlRules;
import dev.bide.delivery.template.Filler;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What an action may be, checked when it is stored. Safe for any number of threads.
 *
 * <p>Whatever passes can be called, but for what only the call can tell: the address its name has then, and what its
 * variables are filled with.
 */
public final class ActionRules {

    private static final List<String> METHODS = List.of("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE");
    private static final Duration LOOKUP_WAIT = Duration.ofMillis(300);

    private final ActionLimits limits;
    private final UrlRules urls;
    private final Filler filler;
    private final HostResolver resolver;
    private final boolean resolve;

    /** @param resolve whether a name is refused here for what it resolves to */
    ActionRules(ActionLimits limits, boolean resolve, AddressGuard guard, Filler filler, HostResolver resolver) {
        this.limits = limits;
        this.urls = new UrlRules(guard, limits.urlLength);
        this.filler = filler;
        this.resolver = resolver;
        this.resolve = resolve;
    }

    /**
     * All that is wrong with each of a request's actions; empty where nothing is. The bodies must be JSON already.
     *
     * <p>Looks the urls' names up (unless configured not to) and may wait 300 ms, for all of them together, where they were
     * not looked up in the last seconds; a name that has no address, or none so soon, passes. With many lookups under way
     * it doesn't wait. So hold nothing meanwhile that others need.
     */
    public List<List<ActionProblem>> check(List<HttpAction> actions) {
        List<UrlRules.Verdict> verdicts =
                actions.stream().map(action -> urls.check(action.url())).toList();
        Map<String, String> refusals = refusals(verdicts);
        List<List<ActionProblem>> problems = new ArrayList<>(actions.size());
        for (int i = 0; i < actions.size(); i++) {
            problems.add(check(actions.get(i), verdicts.get(i), refusals));
        }
        return problems;
    }

    /** Of the names that may not be called, why not. */
    private Map<String, String> refusals(List<UrlRules.Verdict> verdicts) {
        Set<String> names = new LinkedHashSet<>();
        verdicts.forEach(verdict -> verdict.name().ifPresent(names::add));
        return resolve && !names.isEmpty() ? resolver.refusals(names, LOOKUP_WAIT) : Map.of();
    }

    private List<ActionProblem> check(HttpAction action, UrlRules.Verdict verdict, Map<String, String> refusals) {
        List<ActionProblem> problems = new ArrayList<>();
        boolean known = METHODS.contains(action.method());
        if (!known) {
            problems.add(new ActionProblem("method", "must be one of " + String.join(", ", METHODS)));
        }
        verdict.problem()
                .or(() -> verdict.name().map(refusals::get))
                .ifPresent(message -> problems.add(new ActionProblem("url", message)));
        checkHeaders(action.headers(), problems);
        checkBody(action, problems);
        return problems;
    }

    private void checkHeaders(Map<String, String> headers, List<ActionProblem> problems) {
        if (headers.size() > limits.headerCount) {
            problems.add(new ActionProblem("headers", "must be at most " + limits.headerCount));
            return;
        }
        Set<String> names = new HashSet<>();
        int length = 0;
        for (Map.Entry<String, String> header : headers.entrySet()) {
            String name = header.getKey();
            String value = header.getValue();
            length += name.codePointCount(0, name.length()) + value.codePointCount(0, value.length());
            Optional<String> problem = HeaderRules.storedNameProblem(name)
                    .or(() -> HeaderRules.valueProblem(value))
                    .or(() -> filler.problem(value));
            if (problem.isEmpty() && !names.add(name.toLowerCase(Locale.ROOT))) {
                problem = Optional.of("must not be there twice");
            }
            problem.ifPresent(message -> problems.add(new ActionProblem("headers." + Text.printable(name), message)));
        }
        if (length > limits.headersLength) {
            problems.add(
                    new ActionProblem("headers", "must be at most " + limits.headersLength + " characters together"));
        }
    }

    private void checkBody(HttpAction action, List<ActionProblem> problems) {
        String body = action.body();
        if (body == null) {
            return;
        }
        if (action.method().equals("GET") || action.method().equals("HEAD")) {
            problems.add(new ActionProblem("body", "must not be there with " + action.method()));
        }
        long size = limits.bodySize.toBytes();
        if (body.length() > size || body.getBytes(UTF_8).length > size) {
            problems.add(new ActionProblem("body", "must be at most " + size + " bytes"));
            return;
        }
        filler.bodyProblems(body, (field, message) -> problems.add(new ActionProblem(Text.printable(field), message)));
    }
}
