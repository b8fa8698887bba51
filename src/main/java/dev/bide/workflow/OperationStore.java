package dev.bide.workflow;

import java.time.Instant;
import java.util.Optional;
import java.util.UUID;

/** Operations. Part of a {@link Session}. */
public interface OperationStore {
    void insert(Operation operation);

    Optional<Operation> find(UUID id);

    /** The operation, locked until the transaction ends; empty where it is not running any more. */
    Optional<Operation> lockRunning(UUID id);

    /** The running operation that has waited longest, locked until the transaction ends; those that others hold are passed over. */
    Optional<Operation> lockNext();

    /** Writes one that was locked before. */
    void update(Operation operation);

    /** Forgets operations that ended before {@code before}; returns how many. */
    int deleteFinished(Instant before);
}
