package dev.bide.http.body;

import dev.bide.json.ValueMemory;
import jakarta.ws.rs.container.ContainerRequestContext;
import java.util.Objects;
import java.util.concurrent.Executor;
import org.eclipse.jetty.server.Request;
import org.jspecify.annotations.Nullable;

/**
 * The body of a request, read and unpacked.
 *
 * @param memory that it takes, and that what is made of it is to be taken from
 */
@SuppressWarnings("ArrayRecordComponent") // nobody compares them
public record Body(byte[] bytes, MemoryBudget.Share memory) {
    private static final String ATTRIBUTE = Body.class.getName();
    private static final String THREADS = ATTRIBUTE + ".threads";

    /** For what is read of it. */
    public ValueMemory values() {
        return memory.ofValues();
    }

    /** Puts it where Jersey's side finds it. */
    public void attach(Request request) {
        request.setAttribute(ATTRIBUTE, this);
        request.setAttribute(THREADS, request.getComponents().getExecutor());
    }

    /** The server's threads, for what comes after a request that has a body was waited for. */
    public static Executor threads(ContainerRequestContext request) {
        return (Executor) Objects.requireNonNull(request.getProperty(THREADS), "a request with a body");
    }

    /** Null where the request has none. */
    public static @Nullable Body of(Request request) {
        return (Body) request.getAttribute(ATTRIBUTE);
    }

    /** Null where the request has none. */
    public static @Nullable Body of(ContainerRequestContext request) {
        return (Body) request.getProperty(ATTRIBUTE);
    }
}
