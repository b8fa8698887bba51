package dev.bide.http.guard;

import dev.bide.http.answer.Answers;
import dev.bide.http.problem.Problem;
import io.dropwizard.core.setup.Environment;
import jakarta.ws.rs.core.MediaType;
import java.nio.ByteBuffer;
import org.eclipse.jetty.http.HttpException;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpStatus;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.handler.ErrorHandler;
import org.eclipse.jetty.util.Callback;
import org.jspecify.annotations.Nullable;

/** Answers with problem documents where no resource is reached: bad urls, headers too large, unknown methods, other paths. */
final class ProblemErrorHandler extends ErrorHandler {
    private final Answers answers;

    private ProblemErrorHandler(Answers answers) {
        this.answers = answers;
    }

    static void install(Environment environment, Answers answers) {
        ProblemErrorHandler handler = new ProblemErrorHandler(answers);
        environment.getApplicationContext().setErrorHandler(handler);
        environment.lifecycle().addServerLifecycleListener(server -> server.setErrorHandler(handler));
    }

    @Override
    public boolean handle(Request request, Response response, Callback callback) {
        int status = status(request, response);
        response.setStatus(status);
        if (HttpStatus.hasNoBody(status)) {
            callback.succeeded();
            return true;
        }
        response.getHeaders().put(HttpHeader.CONTENT_TYPE, Problem.MEDIA_TYPE);
        response.write(true, ByteBuffer.wrap(answers.bytes(Problem.ofStatus(status))), callback);
        return true;
    }

    private static int status(Request request, Response response) {
        int status = request.getAttribute(ERROR_EXCEPTION) instanceof HttpException fault
                ? fault.getCode()
                : response.getStatus();
        // Jersey looks at it before any filter of ours, and calls it a bad request.
        boolean isNoMediaType =
                status == 400 && !isMediaType(request.getHeaders().get(HttpHeader.CONTENT_TYPE));
        return isNoMediaType ? 415 : status;
    }

    private static boolean isMediaType(@Nullable String text) {
        try {
            return text == null || MediaType.valueOf(text) != null;
        } catch (IllegalArgumentException e) {
            return false;
        }
    }
}
