package dev.bide.ops;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bide.engine.NodeFacts;
import dev.bide.jobstore.DatabaseClock;
import dev.bide.workflow.figures.FigureStore.Node.Use;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class NodeFactsReaderTest {
    private static final Instant NOW = Instant.parse("2027-03-01T09:00:00Z");

    private final AtomicInteger used = new AtomicInteger(3);
    private final NodeFactsReader reader = new NodeFactsReader(
            Set.of("api", "worker"), "1.2.3", new DatabaseClock(InstantSource.fixed(NOW)), used::get, 17);

    @Test
    void reads_what_is_used_now_of_what_there_can_be() {
        assertThat(reader.get().connections()).isEqualTo(new Use(3, 17));
        used.set(5);
        NodeFacts facts = reader.get();
        assertThat(facts.connections()).isEqualTo(new Use(5, 17));
        assertThat(facts.heap().most()).isEqualTo(Runtime.getRuntime().maxMemory());
        assertThat(facts.heap().used()).isBetween(1L, facts.heap().most());
        assertThat(facts.roles()).containsExactlyInAnyOrder("api", "worker");
        assertThat(facts.version()).isEqualTo("1.2.3");
        assertThat(facts.startedAt()).isEqualTo(NOW);
        assertThat(facts.clockOffsetMillis()).isZero();
    }

    @Test
    void what_is_in_use_after_a_collection_is_told_from_garbage() {
        byte[] kept = new byte[50_000_000];
        System.gc();
        long live = reader.get().heapLive();
        assertThat(live).isBetween(50_000_000L, Runtime.getRuntime().maxMemory());
        assertThat(kept).hasSize(50_000_000);
        kept = null;
        System.gc();
        assertThat(reader.get().heapLive()).isLessThan(live - 30_000_000);
    }
}
