package dev.bide.engine.change;

import dev.bide.workflow.store.KeyHolder;
import dev.bide.workflow.store.Operation;
import dev.bide.workflow.store.OperationStore;
import dev.bide.workflow.store.Session;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** What one turn has to remember. For one thread. */
final class Turn {
    /** Operations that are not to be worked on again in this turn. */
    final Set<UUID> over = new HashSet<>();

    /** The one that is worked on. */
    @Nullable
    UUID working;

    /** How far those in hand were tried again, by operation. */
    private final Map<UUID, UUID> tried = new HashMap<>();

    /** How many items an operation's next batch may have, where a lock was in the way; with 0 the next one is passed over. */
    private final Map<UUID, Integer> limits = new HashMap<>();

    int limit(Operation operation) {
        return limits.getOrDefault(operation.id(), Walk.LARGEST_BATCH);
    }

    void locked(UUID operation) {
        limits.put(operation, limits.getOrDefault(operation, Walk.LARGEST_BATCH) / 2);
    }

    void wentWell(UUID operation) {
        limits.computeIfPresent(operation, (id, limit) -> Math.min(Walk.LARGEST_BATCH, Math.max(1, limit * 2)));
    }

    /** The next of what the operation could not have so far, in this turn each once. */
    OperationStore.Rest rest(Session session, Operation operation) {
        return session.operations().rest(operation.id(), tried.get(operation.id()), Math.max(1, limit(operation)));
    }

    /** These were tried, or passed over. Not before they were: where a lock is in the way they are tried once more, one by one. */
    void tried(Operation operation, OperationStore.Rest rest) {
        List<KeyHolder> items = rest.items();
        if (rest.last()) {
            over.add(operation.id());
        } else {
            tried.put(operation.id(), items.get(items.size() - 1).id());
        }
    }
}
