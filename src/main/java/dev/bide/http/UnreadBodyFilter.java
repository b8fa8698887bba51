package dev.bide.http;

import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.container.ContainerResponseContext;
import jakarta.ws.rs.container.ContainerResponseFilter;

/**
 * Reads what a request's answer came without: the server closes a connection whose request it has not read, without saying so in the answer,
 * and a client's next request on it would fail. A body that was read costs nothing here; one that is very long is left, and its connection
 * closed.
 */
final class UnreadBodyFilter implements ContainerResponseFilter {
    @Override
    public void filter(ContainerRequestContext request, ContainerResponseContext response) {
        if (response.getStatus() >= 400) {
            RequestBody.discard(request.getEntityStream());
        }
    }
}
