package dev.bide.workflow;

import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.Base64;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Where a page of a list ended. Opaque to clients.
 *
 * @param dueAt of the last item where the list is in order of due time, else null
 * @param id of the last item
 */
public record Cursor(@Nullable Instant dueAt, UUID id) {

    /** This cursor as clients carry it: URL-safe text. */
    public String text() {
        ByteBuffer bytes = ByteBuffer.allocate(dueAt == null ? 16 : 24)
                .putLong(id.getMostSignificantBits())
                .putLong(id.getLeastSignificantBits());
        if (dueAt != null) {
            bytes.putLong(dueAt.toEpochMilli());
        }
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes.array());
    }

    /** The cursor that {@link #text} wrote; {@link InvalidValueException} for anything else. */
    public static Cursor of(String text) {
        byte[] bytes;
        try {
            bytes = Base64.getUrlDecoder().decode(text);
        } catch (IllegalArgumentException e) {
            throw unknown();
        }
        if (bytes.length != 16 && bytes.length != 24) {
            throw unknown();
        }
        ByteBuffer buffer = ByteBuffer.wrap(bytes);
        UUID id = new UUID(buffer.getLong(), buffer.getLong());
        return new Cursor(buffer.hasRemaining() ? Instant.ofEpochMilli(buffer.getLong()) : null, id);
    }

    private static InvalidValueException unknown() {
        return new InvalidValueException("cursor", "is not one that a list has answered with");
    }
}
