package dev.bide.http.answer;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.bide.workflow.store.Operation;
import dev.bide.workflow.store.OperationKind;
import dev.bide.workflow.store.OperationStatus;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** An operation as the contract shows it. */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record OperationAnswer(
        UUID id,
        OperationKind kind,
        OperationStatus status,
        long matched,
        long done,
        long failed,
        List<Operation.Failure> failures,
        FilterAnswer filter,
        @Nullable Integer limit,
        @Nullable String reason,
        Instant createdAt,
        @Nullable Instant startedAt,
        Instant updatedAt,
        @Nullable Instant endedAt) {

    public static OperationAnswer of(Operation operation) {
        return new OperationAnswer(
                operation.id(),
                operation.kind(),
                operation.status(),
                operation.matched(),
                operation.done(),
                operation.failed(),
                operation.progress().failures(),
                FilterAnswer.of(operation.request()),
                operation.request().limit(),
                operation.reason(),
                operation.life().createdAt(),
                operation.life().startedAt(),
                operation.life().updatedAt(),
                operation.life().endedAt());
    }
}
