package dev.bide.workflow.figures;

import org.jspecify.annotations.Nullable;

/** So much or less was half of them, 19 of 20, 99 of 100; null where there were none. */
public record Percentiles(
        @Nullable Long p50, @Nullable Long p95, @Nullable Long p99) {
    public static final Percentiles NONE = new Percentiles(null, null, null);
}
