package dev.bide.workflow.figures;

import org.jspecify.annotations.Nullable;

/**
 * What a bounded look counted.
 *
 * @param matching the first of those that match
 * @param last as in {@link Look}
 * @param over nothing comes after it
 */
public record PartialCount<P>(Matching matching, @Nullable P last, boolean over) {}
