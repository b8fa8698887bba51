package dev.bide.console;

import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Arrays;
import java.util.Collections;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Serves a {@link Site}: GET and HEAD, packed where the browser takes it, 304 where it has it. */
final class SiteServlet extends HttpServlet {
    private static final long serialVersionUID = 1L;
    private static final Set<String> METHODS = Set.of("GET", "HEAD");

    private final transient Site site;

    SiteServlet(Site site) {
        this.site = site;
    }

    @Override
    protected void service(HttpServletRequest request, HttpServletResponse response) throws IOException {
        Served served = site.at(request.getRequestURI()).orElse(null);
        if (served == null) {
            response.sendError(HttpServletResponse.SC_NOT_FOUND);
        } else if (METHODS.contains(request.getMethod())) {
            send(served, request, response);
        } else {
            response.setHeader("Allow", "GET, HEAD");
            response.sendError(HttpServletResponse.SC_METHOD_NOT_ALLOWED);
        }
    }

    private static void send(Served served, HttpServletRequest request, HttpServletResponse response)
            throws IOException {
        Asset asset = served.asset();
        response.setHeader("Cache-Control", served.caching());
        response.setHeader("Content-Security-Policy", served.policy());
        response.setHeader("X-Content-Type-Options", "nosniff");
        response.setHeader("Referrer-Policy", "no-referrer");
        response.setHeader("Cross-Origin-Opener-Policy", "same-origin");
        response.setHeader("ETag", asset.entityTag());
        response.setHeader("Vary", "Accept-Encoding");
        if (has(asset.entityTag(), request.getHeader("If-None-Match"))) {
            response.setStatus(HttpServletResponse.SC_NOT_MODIFIED);
            return;
        }
        byte[] body = asset.plain();
        if (takesPacked(request)) {
            response.setHeader("Content-Encoding", "gzip");
            body = asset.packed();
        }
        response.setContentType(asset.mediaType());
        response.setContentLength(body.length);
        if (request.getMethod().equals("GET")) {
            response.getOutputStream().write(body);
        }
    }

    private static boolean has(String entityTag, @Nullable String known) {
        return known != null
                && Arrays.stream(known.split(","))
                        .map(String::strip)
                        .anyMatch(tag -> tag.equals("*") || tag.equals(entityTag));
    }

    /** As browsers say it. Whoever weighs codings against one another gets it plain. */
    private static boolean takesPacked(HttpServletRequest request) {
        return Collections.list(request.getHeaders("Accept-Encoding")).stream()
                .flatMap(header -> Arrays.stream(header.split(",")))
                .anyMatch(coding -> coding.strip().equals("gzip"));
    }
}
