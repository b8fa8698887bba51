package dev.bide.http.guard;

import dev.bide.http.Access;
import dev.bide.http.answer.ApiPaths;
import dev.bide.http.problem.Problem;
import dev.bide.http.problem.ProblemType;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.Collection;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpMethod;
import org.eclipse.jetty.server.Request;
import org.jspecify.annotations.Nullable;

/**
 * Tells whose requests are answered. Where there are keys, those that carry one. Without keys, those of this machine, and a browser on it
 * runs the pages of others: so none that a page of another origin has sent, which it could do though it can't read the answer, and none
 * that is addressed to a name that is not ours, since a page can make its own name point here. Thread-safe.
 */
public final class Callers {
    /** Probes, and the contract's own description, need no key. */
    private static final Set<String> OPEN = Set.of(ApiPaths.ROOT + "/health", ApiPaths.ROOT + "/openapi.yaml");

    private static final Pattern LOOPBACK =
            Pattern.compile("(.+\\.)?localhost\\.?|127(\\.\\d{1,3}){3}|\\[?(::1|0:0:0:0:0:0:0:1)]?");

    private final ApiKeys keys;
    private final Set<String> hosts;
    private final boolean anyHost;

    public Callers(Access access) {
        this.keys = new ApiKeys(access.keys(), access.readKeys());
        this.hosts = lower(access.hosts());
        this.anyHost = access.anyHost();
    }

    private static Set<String> lower(Collection<String> names) {
        return names.stream().map(name -> name.toLowerCase(Locale.ROOT)).collect(Collectors.toUnmodifiableSet());
    }

    /** Whether everybody may ask for this path. */
    static boolean isOpen(String path) {
        return OPEN.contains(path);
    }

    /**
     * What becomes of a request.
     *
     * @param right what it might do
     * @param refusal why it is not answered; null where it is
     */
    record Admission(Right right, @Nullable Problem refusal) {}

    Admission admit(Request request, String path) {
        if (keys.isEmpty()) {
            Problem refusal = foreign(request);
            return new Admission(refusal == null ? Right.ALL : Right.NONE, refusal);
        }
        if (!ApiPaths.includes(path)) {
            return new Admission(Right.NONE, null);
        }
        ApiKeys.Headers headers = name -> text(request.getHeaders(), name);
        Right right = keys.right(headers);
        if (isOpen(path) || right.includes(Right.needed(request.getMethod(), path))) {
            return new Admission(right, null);
        }
        if (right == Right.READ) {
            return new Admission(right, Problem.of(ProblemType.FORBIDDEN, "This API key may only read"));
        }
        return new Admission(
                right,
                Problem.of(
                        ProblemType.UNAUTHORIZED,
                        ApiKeys.given(headers) == null
                                ? "Send an API key as Authorization: Bearer …, or as X-Api-Key"
                                : "This API key is not known"));
    }

    private @Nullable Problem foreign(Request request) {
        String host = Request.getServerName(request);
        if (!anyHost && !isOurs(host)) {
            return Problem.of(
                    ProblemType.FORBIDDEN,
                    "Without API keys only this machine is answered, and the Host " + host
                            + " is neither one of its names nor one of auth.allowedHosts");
        }
        String origin = request.getHeaders().get(HttpHeader.ORIGIN);
        if ((origin != null && !isSame(origin, request)) || isCrossSite(request)) {
            return Problem.of(ProblemType.FORBIDDEN, "Without API keys no request of another site's page is answered");
        }
        return null;
    }

    private boolean isOurs(String host) {
        String name = host.toLowerCase(Locale.ROOT);
        return LOOPBACK.matcher(name).matches() || hosts.contains(name);
    }

    private static boolean isSame(String origin, Request request) {
        try {
            URI uri = new URI(origin);
            String host = uri.getHost();
            String scheme = uri.getScheme();
            if (host == null || scheme == null) {
                return false;
            }
            return bare(host).equalsIgnoreCase(bare(Request.getServerName(request)))
                    && port(uri.getPort(), scheme) == port(request.getHttpURI().getPort(), scheme);
        } catch (URISyntaxException e) {
            return false;
        }
    }

    private static String bare(String host) {
        return host.startsWith("[") && host.endsWith("]") ? host.substring(1, host.length() - 1) : host;
    }

    private static int port(int given, String scheme) {
        return given > 0 ? given : scheme.equalsIgnoreCase("https") ? 443 : 80;
    }

    /** But for links that somebody follows: those only read, and show the answer to nobody else. */
    private static boolean isCrossSite(Request request) {
        HttpFields headers = request.getHeaders();
        return "cross-site".equals(headers.get("Sec-Fetch-Site"))
                && !("navigate".equals(headers.get("Sec-Fetch-Mode")) && HttpMethod.GET.is(request.getMethod()));
    }

    /** As Jersey has it: what is given more than once, with commas between. */
    private static @Nullable String text(HttpFields headers, String name) {
        var values = headers.getValuesList(name);
        return values.isEmpty() ? null : String.join(",", values);
    }
}
