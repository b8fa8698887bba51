package dev.bide.http.resource;

import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.core.Response;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Objects;

/** The contract's own description; needs no key. */
@Path("/openapi.yaml")
public final class OpenApiResource {
    private final byte[] document = load();

    public OpenApiResource() {}

    private static byte[] load() {
        try (InputStream stream = OpenApiResource.class.getResourceAsStream("/openapi.yaml")) {
            return Objects.requireNonNull(stream, "openapi.yaml is packaged").readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @GET
    public Response get() {
        return Response.ok(document, "application/yaml").build();
    }
}
