package dev.bide.engine;

import dev.bide.workflow.Refusal;
import dev.bide.workflow.store.KeyHolder;

/**
 * What came of something new that was asked for.
 *
 * @param <T> what it is once it is stored
 */
public sealed interface Acceptance<T> {
    /** It is on disk. */
    record Created<T>(T value) implements Acceptance<T> {}

    /** It was there before, by its key. */
    record Existing<T>(KeyHolder holder) implements Acceptance<T> {}

    /** Nothing of it is stored. */
    record Refused<T>(Refusal why) implements Acceptance<T> {}
}
