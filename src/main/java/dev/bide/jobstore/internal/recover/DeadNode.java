package dev.bide.jobstore.internal.recover;

import org.jspecify.annotations.Nullable;

/**
 * A node that was given up for dead.
 *
 * @param stamp its last check-in when it was judged; one that has another by now has woken, and is a member again. Null: it is no member at all
 */
public record DeadNode(String instance, @Nullable Long stamp) {}
