package dev.bide.http;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.bide.engine.BulkResult;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.UUID;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What came of a bulk call.
 *
 * @param accepted items that are stored, now or by their keys before
 * @param results in the order sent
 */
record BulkAnswer(int accepted, List<Result> results) {

    /** One of the two. */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record Result(@Nullable UUID id, @Nullable Problem error) {
        static Result refused(Problem problem) {
            return new Result(null, problem);
        }
    }

    /** Stores the drafts among {@code items}, and puts what came of them in the places of the items. */
    static <T> BulkAnswer of(List<BulkBody.Item<T>> items, Function<List<T>, List<BulkResult>> store) {
        List<T> drafts = new ArrayList<>(items.size());
        for (BulkBody.Item<T> item : items) {
            if (item.draft() != null) {
                drafts.add(item.draft());
            }
        }
        Iterator<BulkResult> stored = store.apply(drafts).iterator();
        List<Result> results = items.stream()
                .map(item -> item.draft() == null ? Result.refused(Problem.invalid(item.errors())) : of(stored.next()))
                .toList();
        int accepted =
                (int) results.stream().filter(result -> result.id() != null).count();
        return new BulkAnswer(accepted, results);
    }

    private static Result of(BulkResult result) {
        if (result instanceof BulkResult.Stored item) {
            return new Result(item.id(), null);
        }
        return Result.refused(Problem.refused(((BulkResult.Refused) result).why()));
    }
}
