package dev.bide.engine.figures;

import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class TurnsTest {
    /** Without its thread a node obeys no pause any more. */
    @Test
    void neither_a_fault_nor_an_error_ends_them() {
        AtomicInteger turns = new AtomicInteger();
        try (Turns each = new Turns("Failing", Duration.ofMillis(1), () -> {
            switch (turns.incrementAndGet()) {
                case 1 -> throw new IllegalStateException("a fault");
                case 2 -> throw new OutOfMemoryError("for a moment");
                default -> {}
            }
        })) {
            each.start("turns-test");
            await().until(() -> turns.get() > 3);
        }
    }
}
