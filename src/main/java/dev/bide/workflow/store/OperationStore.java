package dev.bide.workflow.store;

import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Operations. Part of a {@link Session}. */
public interface OperationStore {
    void insert(Operation operation);

    /** {@link UnreadableException} where it can't be read. */
    Optional<Operation> find(UUID id);

    /** The operation, locked until the transaction ends; empty where it is not running any more. {@link UnreadableException} where it can't be read. */
    Optional<Operation> lockRunning(UUID id);

    /** @param operation empty where this version can't read it: one that knows its kind will go on with it */
    record Next(UUID id, Optional<Operation> operation) {}

    /** The running operation that has waited longest and is none of {@code except}, locked until the transaction ends; those that others hold are passed over. */
    Optional<Next> lockNext(Collection<UUID> except);

    /** Those in one state, or in any where that is null; newest first. Those that this version can't read are left out. */
    Page<Operation> list(@Nullable OperationStatus status, PageRequest page);

    /** Notes timers and runs that were in hand, or locked, when operation {@code id} came to them; of finished ones when they were. */
    void addRest(UUID id, Collection<KeyHolder> items);

    /** @param last none comes after them */
    record Rest(List<KeyHolder> items, boolean last) {}

    /** The next of them, after {@code after} in order of id: fewer than {@code limit} where they are large. */
    Rest rest(UUID id, @Nullable UUID after, int limit);

    /** Whether any is left. */
    boolean hasRest(UUID id);

    void removeRest(UUID id, Collection<UUID> items);

    /** Writes one that was locked before. What is left of one that has ended is forgotten. */
    void update(Operation operation);

    /** Forgets operations that ended before {@code before}; returns how many. */
    int deleteFinished(Instant before);
}
