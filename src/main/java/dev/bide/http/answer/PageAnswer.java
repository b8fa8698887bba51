package dev.bide.http.answer;

import dev.bide.http.request.Listing;
import dev.bide.workflow.store.Cursor;
import dev.bide.workflow.store.Page;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A part of a list.
 *
 * @param nextCursor asks for the part after it; null at the end
 */
public record PageAnswer<A>(List<A> items, @Nullable String nextCursor) {
    public static <T, A> PageAnswer<A> of(Listing list, Page<T> page, Function<T, A> answer) {
        Cursor next = page.next();
        return new PageAnswer<>(page.items().stream().map(answer).toList(), next == null ? null : list.text(next));
    }
}
