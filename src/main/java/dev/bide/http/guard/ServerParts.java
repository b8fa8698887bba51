package dev.bide.http.guard;

import dev.bide.http.answer.Answers;
import io.dropwizard.core.setup.Environment;
import io.dropwizard.jersey.filter.AllowedMethodsFilter;
import jakarta.servlet.GenericServlet;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletResponse;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Arrays;
import org.eclipse.jetty.ee10.servlet.FilterMapping;
import org.eclipse.jetty.ee10.servlet.ServletHandler;
import org.eclipse.jetty.server.handler.gzip.GzipHandler;

/** What the contract changes in the server that it is served by. */
public final class ServerParts {
    private ServerParts() {}

    public static void register(Environment environment, Answers answers) {
        ProblemErrorHandler.install(environment, answers);
        environment.servlets().addServlet("nothing", new Nothing()).addMapping("/");
        environment.lifecycle().addServerLifecycleListener(server -> {
            // It would not look at the checksum.
            server.getDescendants(GzipHandler.class).forEach(gzip -> gzip.setInflateBufferSize(0));
            letEveryMethodThrough(environment.getApplicationContext().getServletHandler());
        });
    }

    /** Dropwizard's filter would answer 405 whatever the path, and name no method that is allowed. Jersey knows both. */
    private static void letEveryMethodThrough(ServletHandler servlets) {
        servlets.setFilterMappings(Arrays.stream(servlets.getFilterMappings())
                .filter(mapping ->
                        servlets.getFilter(mapping.getFilterName()).getHeldClass() != AllowedMethodsFilter.class)
                .toArray(FilterMapping[]::new));
    }

    /** Stands where there is nothing, whatever the method: the server's own would say of some that they are not allowed there. */
    private static final class Nothing extends GenericServlet {
        private static final long serialVersionUID = 1L;

        @Override
        public void service(ServletRequest request, ServletResponse response) throws IOException {
            ((HttpServletResponse) response).sendError(404);
        }
    }
}
