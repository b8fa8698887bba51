package dev.bide.delivery;

import dev.bide.delivery.template.UnfillableException;
import org.jspecify.annotations.Nullable;

/** Shows calls as they would be sent, and sends none. Thread-safe. */
public final class Renderer {
    private final RequestWriter writer;

    Renderer(RequestWriter writer) {
        this.writer = writer;
    }

    /**
     * One of the two.
     *
     * @param request all but its signature; its headers and body are filled
     * @param problem why it can't be sent
     */
    public record Rendered(
            @Nullable HttpAction request, @Nullable String problem) {}

    public Rendered render(DeliveryRequest request) {
        try {
            return new Rendered(writer.show(request), null);
        } catch (UnfillableException e) {
            return new Rendered(null, Text.printable(e.getMessage()));
        }
    }
}
