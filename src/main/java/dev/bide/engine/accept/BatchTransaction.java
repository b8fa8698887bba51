package dev.bide.engine.accept;

import dev.bide.engine.Acceptance;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One transaction that writes a batch. Called by several threads at a time.
 *
 * @param <I> what is written
 * @param <T> what it is once it is stored
 */
public interface BatchTransaction<I, T> {
    /**
     * What came of each item, in the batch's order. Null for one that needs a lock which others have, and for which this didn't wait: nothing of it is written.
     *
     * @param waits whether to wait for such locks rather
     */
    List<@Nullable Acceptance<T>> write(List<I> batch, boolean waits);

    /** After its commit, so that what fails here has nothing written again. */
    default void committed(List<@Nullable Acceptance<T>> results) {}
}
