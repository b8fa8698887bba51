package dev.bide.http.answer;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.bide.engine.BulkResult;
import dev.bide.http.problem.Problem;
import dev.bide.http.request.Drafts;
import dev.bide.json.Reading;
import dev.bide.workflow.store.KeyHolder;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What came of a bulk call.
 *
 * @param accepted items that are stored, now or by their keys before
 * @param results in the order sent
 */
public record BulkAnswer(int accepted, List<Result> results) {

    /** One of the two. */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record Result(@Nullable UUID id, @Nullable Problem error) {
        static Result refused(Problem problem) {
            return new Result(null, problem);
        }
    }

    /**
     * Stores the drafts among {@code items}, and puts what came of them in the places of the items. What could not be read but for its key
     * is what has that key, also where another item has just made it.
     *
     * @param existing what has these keys
     */
    public static <T> BulkAnswer of(
            List<Reading<T>> items,
            Function<List<T>, List<BulkResult>> store,
            Function<Collection<String>, Map<String, KeyHolder>> existing) {
        List<T> drafts = new ArrayList<>(items.size());
        Set<String> keys = new HashSet<>();
        for (Reading<T> item : items) {
            String key = Drafts.key(item);
            if (item.draft() != null) {
                drafts.add(item.draft());
            } else if (key != null) {
                keys.add(key);
            }
        }
        Iterator<BulkResult> stored = store.apply(drafts).iterator();
        Map<String, KeyHolder> before = keys.isEmpty() ? Map.of() : existing.apply(keys);
        List<Result> results = items.stream()
                .map(item -> item.draft() == null ? of(item, before) : of(stored.next()))
                .toList();
        int accepted =
                (int) results.stream().filter(result -> result.id() != null).count();
        return new BulkAnswer(accepted, results);
    }

    private static Result of(Reading<?> item, Map<String, KeyHolder> before) {
        String key = Drafts.key(item);
        KeyHolder holder = key == null ? null : before.get(key);
        return holder == null ? Result.refused(Problem.invalid(item.errors())) : new Result(holder.id(), null);
    }

    private static Result of(BulkResult result) {
        if (result instanceof BulkResult.Stored item) {
            return new Result(item.id(), null);
        }
        return Result.refused(Problem.refused(((BulkResult.Refused) result).why()));
    }
}
