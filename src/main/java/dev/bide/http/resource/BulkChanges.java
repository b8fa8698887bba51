package dev.bide.http.resource;

import dev.bide.engine.Operations;
import dev.bide.http.answer.Answers;
import dev.bide.http.answer.DryRunAnswer;
import dev.bide.http.answer.OperationAnswer;
import dev.bide.http.request.BulkChangeDraft;
import dev.bide.http.request.QueryParameters;
import dev.bide.json.Fields;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.core.Response;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** What changes to many have in common: they are counted, or begun. */
final class BulkChanges {
    private final Operations operations;
    private final Requests requests;
    private final Answers answers;

    BulkChanges(Operations operations, Requests requests, Answers answers) {
        this.operations = operations;
        this.requests = requests;
        this.answers = answers;
    }

    Response begin(ContainerRequestContext request, Function<Fields, @Nullable BulkChangeDraft> read) {
        QueryParameters.of(request, Set.of());
        BulkChangeDraft draft = requests.read(request, read);
        if (draft.dryRun()) {
            return answers.ok(DryRunAnswer.of(operations.count(draft.kind(), draft.wanted())));
        }
        var operation = operations.begin(draft.kind(), draft.wanted(), draft.reason());
        return answers.begun("operations", operation.id(), OperationAnswer.of(operation));
    }
}
