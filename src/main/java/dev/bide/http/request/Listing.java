package dev.bide.http.request;

import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.bide.json.Instants;
import dev.bide.json.InvalidException;
import dev.bide.workflow.store.Cursor;
import dev.bide.workflow.store.TimerFilter.Order;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.Base64;
import java.util.UUID;
import java.util.zip.CRC32;

/**
 * The lists of the contract, and their cursors as clients carry them. A checksum over the cursor and the list's name tells a cursor that was
 * cut, changed, or taken from another list, where it would silently mean some other place.
 */
public enum Listing {
    WORKFLOWS,
    VERSIONS,
    RUNS,
    TIMERS,
    TIMERS_DUE,
    TIMERS_DEAD,
    TIMERS_FIRING,
    OPERATIONS;

    /** The list of timers in this order: each has cursors of its own. */
    public static Listing timers(Order order) {
        return switch (order) {
            case NEWEST -> TIMERS;
            case DUE -> TIMERS_DUE;
            case DEATH -> TIMERS_DEAD;
            case FIRING -> TIMERS_FIRING;
        };
    }

    private static final int CHECKSUM = 4;
    private static final int BY_ID = 16 + CHECKSUM;
    private static final int BY_TIME = 24 + CHECKSUM;

    /** Text that can stand in a url. */
    public String text(Cursor cursor) {
        Instant at = cursor.at();
        ByteBuffer bytes = ByteBuffer.allocate(at == null ? BY_ID : BY_TIME)
                .putLong(cursor.id().getMostSignificantBits())
                .putLong(cursor.id().getLeastSignificantBits());
        if (at != null) {
            bytes.putLong(at.toEpochMilli());
        }
        bytes.putInt(checksum(bytes));
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes.array());
    }

    /** The cursor that {@link #text} wrote; {@link InvalidException} for anything else. */
    Cursor cursor(String text) {
        byte[] bytes;
        try {
            bytes = Base64.getUrlDecoder().decode(text);
        } catch (IllegalArgumentException e) {
            throw unknown();
        }
        if (bytes.length != BY_ID && bytes.length != BY_TIME) {
            throw unknown();
        }
        ByteBuffer buffer = ByteBuffer.wrap(bytes);
        UUID id = new UUID(buffer.getLong(), buffer.getLong());
        Instant at = bytes.length == BY_TIME ? Instant.ofEpochMilli(buffer.getLong()) : null;
        Cursor cursor = new Cursor(at, id);
        // The checksum, and what a lenient decoder overlooks.
        if (!text(cursor).equals(text) || (at != null && !Instants.isKnown(at))) {
            throw unknown();
        }
        return cursor;
    }

    /** Of what stands before the buffer's position. */
    private int checksum(ByteBuffer bytes) {
        CRC32 checksum = new CRC32();
        checksum.update(name().getBytes(US_ASCII));
        checksum.update(bytes.array(), 0, bytes.position());
        return (int) checksum.getValue();
    }

    private static InvalidException unknown() {
        return new InvalidException("cursor", "is not one that this list has answered with");
    }
}
