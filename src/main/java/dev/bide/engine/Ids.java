package dev.bide.engine;

import com.fasterxml.uuid.Generators;
import com.fasterxml.uuid.impl.TimeBasedEpochGenerator;
import java.time.Instant;
import java.util.UUID;

/** New ids: UUIDv7 (RFC 9562), in the order in which this node made them. Thread-safe. */
final class Ids {
    private static final TimeBasedEpochGenerator GENERATOR = Generators.timeBasedEpochGenerator();

    private Ids() {}

    static UUID next() {
        return GENERATOR.generate();
    }

    /** False where it was not made by this: nothing of ours has it. */
    static boolean isOurs(UUID id) {
        return id.version() == 7 && id.variant() == 2;
    }

    /** When one of ours was made, by the clock of the node that made it. */
    static Instant madeAt(UUID id) {
        return Instant.ofEpochMilli(id.getMostSignificantBits() >>> 16);
    }
}
