package dev.bide.ops;

import dev.bide.engine.NodeFacts;
import dev.bide.jobstore.DatabaseClock;
import dev.bide.workflow.figures.FigureStore.Node.Use;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryPoolMXBean;
import java.lang.management.MemoryType;
import java.lang.management.MemoryUsage;
import java.time.Instant;
import java.util.Objects;
import java.util.Set;
import java.util.function.IntSupplier;
import java.util.function.Supplier;

/** What this node is and how it stands, read when asked. Thread-safe. */
public final class NodeFactsReader implements Supplier<NodeFacts> {
    private final Set<String> roles;
    private final String version;
    private final DatabaseClock clock;
    private final IntSupplier connectionsUsed;
    private final int mostConnections;
    private final Instant startedAt;

    /** @param clock whose first measurement is made */
    public NodeFactsReader(
            Set<String> roles, String version, DatabaseClock clock, IntSupplier connectionsUsed, int mostConnections) {
        this.roles = roles;
        this.version = version;
        this.clock = clock;
        this.connectionsUsed = connectionsUsed;
        this.mostConnections = mostConnections;
        this.startedAt = clock.instant();
    }

    @Override
    public NodeFacts get() {
        MemoryUsage heap = ManagementFactory.getMemoryMXBean().getHeapMemoryUsage();
        return new NodeFacts(
                roles,
                version,
                startedAt,
                clock.offset().toMillis(),
                new Use(connectionsUsed.getAsInt(), mostConnections),
                new Use(heap.getUsed(), Runtime.getRuntime().maxMemory()),
                live());
    }

    /** What each part of the heap held after it was last collected; nothing before that. */
    private static long live() {
        return ManagementFactory.getMemoryPoolMXBeans().stream()
                .filter(pool -> pool.getType() == MemoryType.HEAP)
                .map(MemoryPoolMXBean::getCollectionUsage)
                .filter(Objects::nonNull)
                .mapToLong(MemoryUsage::getUsed)
                .sum();
    }
}
