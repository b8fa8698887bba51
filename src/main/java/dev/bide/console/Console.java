package dev.bide.console;

import io.dropwizard.core.setup.Environment;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The console: pages at the root, its files below {@code /console/}, the API's description at {@code /docs/}. */
public final class Console {
    private Console() {}

    /**
     * Adds the console to the server that {@code environment} will start. No key is asked for: all that it shows it gets by calls, and those carry one.
     *
     * @param traceUrl where a trace is looked at, with {@code {traceId}} in it; null where nobody said
     */
    public static void register(Environment environment, @Nullable String traceUrl) {
        // The empty pattern is the root alone.
        String[] pages = Stream.concat(
                        Stream.of(""), Pages.STEPS.keySet().stream().map(step -> "/" + step + "/*"))
                .toArray(String[]::new);
        environment
                .servlets()
                .addServlet("pages", new SiteServlet(new Pages(traceUrl)))
                .addMapping(pages);
        environment
                .servlets()
                .addServlet("console", new SiteServlet(Files.ofThePages()))
                .addMapping("/console/*");
        environment
                .servlets()
                .addServlet("docs", new SiteServlet(Files.ofTheDocs()))
                .addMapping("/docs/*");
        environment.servlets().addServlet("docs-folder", new ToFolder()).addMapping("/docs");
    }

    /** Relative, so that it stays below whatever prefix the reader sees. */
    private static final class ToFolder extends HttpServlet {
        private static final long serialVersionUID = 1L;

        @Override
        protected void doGet(HttpServletRequest request, HttpServletResponse response) {
            response.setStatus(308);
            response.setHeader("Location", "docs/");
        }
    }
}
