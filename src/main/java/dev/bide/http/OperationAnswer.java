package dev.bide.http;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.bide.workflow.Operation;
import dev.bide.workflow.OperationKind;
import dev.bide.workflow.OperationStatus;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** An operation as the contract shows it. */
@JsonInclude(JsonInclude.Include.NON_NULL)
record OperationAnswer(
        UUID id,
        OperationKind kind,
        OperationStatus status,
        long matched,
        long done,
        long failed,
        Instant createdAt,
        Instant updatedAt,
        @Nullable Instant finishedAt) {

    static OperationAnswer of(Operation operation) {
        return new OperationAnswer(
                operation.id(),
                operation.kind(),
                operation.status(),
                operation.matched(),
                operation.done(),
                operation.failed(),
                operation.createdAt(),
                operation.updatedAt(),
                operation.finishedAt());
    }
}
