package dev.bide.workflow.figures;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A bounded look at what may match, in some order.
 *
 * @param matching those that match: fewer than were asked for where they are large
 * @param last the last one that was looked at, whether it matches or not: the next look begins after it; null where there was none
 * @param over nothing comes after it
 */
public record Look<T, P>(List<T> matching, @Nullable P last, boolean over) {}
