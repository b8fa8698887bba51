package dev.bide.workflow;

import com.fasterxml.uuid.Generators;
import com.fasterxml.uuid.UUIDClock;
import com.fasterxml.uuid.impl.TimeBasedEpochGenerator;
import java.time.Instant;
import java.time.InstantSource;
import java.util.UUID;

/**
 * New ids: UUIDv7 (RFC 9562), in the order in which this node made them. Their time is that of the rows that have them, since what is made later
 * must have a larger id, whichever node makes it. Thread-safe.
 */
public final class Ids {
    /** Nobody's clock says so, and later years have more digits than PostgreSQL reads. */
    private static final Instant LAST = Instant.parse("9999-01-01T00:00:00Z");

    private static volatile InstantSource time = InstantSource.system();

    private static final TimeBasedEpochGenerator GENERATOR = Generators.timeBasedEpochGenerator(null, new UUIDClock() {
        @Override
        public long currentTimeMillis() {
            return time.millis();
        }
    });

    private Ids() {}

    /** From now on ids are of {@code clock}'s time. One for the JVM: its engines share a database. */
    public static void follow(InstantSource clock) {
        time = clock;
    }

    public static UUID next() {
        return GENERATOR.generate();
    }

    /** False where it was not made by this: nothing of ours has it. */
    public static boolean isOurs(UUID id) {
        return id.version() == 7 && id.variant() == 2 && madeAt(id).isBefore(LAST);
    }

    /** When one of ours was made, by the clock of the node that made it. */
    public static Instant madeAt(UUID id) {
        return Instant.ofEpochMilli(id.getMostSignificantBits() >>> 16);
    }
}
