package dev.bide.http.body;

import dev.bide.json.ValueMemory;
import jakarta.ws.rs.container.ContainerRequestContext;
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

    /** For what is read of it. */
    public ValueMemory values() {
        return memory.ofValues();
    }

    /** Puts it where Jersey's side finds it. */
    public void attach(Request request) {
        request.setAttribute(ATTRIBUTE, this);
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
