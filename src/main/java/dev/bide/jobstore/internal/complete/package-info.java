/**
 * The end of executions: buffered, and what they leave behind deleted in sets. May import {@code internal.sql} and {@code internal.write}. A job's thread puts
 * into the buffer; the store's flushers write it.
 */
@NullMarked
package dev.bide.jobstore.internal.complete;

import org.jspecify.annotations.NullMarked;
