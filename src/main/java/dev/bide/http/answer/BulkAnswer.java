package dev.bide.http.answer;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.bide.engine.Acceptance;
import dev.bide.http.problem.Problem;
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
public record BulkAnswer(long accepted, List<Result> results) {

    /** One of the two. */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record Result(@Nullable UUID id, @Nullable Problem error) {
        static <T> Result of(Acceptance<T> item, Function<T, UUID> id) {
            if (item instanceof Acceptance.Created<T> created) {
                return new Result(id.apply(created.value()), null);
            }
            if (item instanceof Acceptance.Existing<T> before) {
                return new Result(before.holder().id(), null);
            }
            return new Result(null, Problem.of(((Acceptance.Refused<T>) item).why()));
        }
    }

    /** @param id of what was stored */
    public static <T> BulkAnswer of(List<Acceptance<T>> items, Function<T, UUID> id) {
        List<Result> results = items.stream().map(item -> Result.of(item, id)).toList();
        return new BulkAnswer(
                results.stream().filter(result -> result.id() != null).count(), results);
    }
}
