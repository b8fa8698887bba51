package dev.bide.http.answer;

import jakarta.ws.rs.container.ContainerRequestContext;

/** Whether who asks may also change things, by an attribute of the request. */
public final class MayWrite {
    public static final String ATTRIBUTE = "dev.bide.mayWrite";

    private MayWrite() {}

    /** False where nobody has said so. */
    public static boolean of(ContainerRequestContext request) {
        return Boolean.TRUE.equals(request.getProperty(ATTRIBUTE));
    }
}
