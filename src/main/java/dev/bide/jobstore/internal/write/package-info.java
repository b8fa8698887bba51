/**
 * Rows of triggers: read, inserted in sets, changed, locked in their order. May import {@code internal.sql} and {@code DatabaseFault}. Runs on its callers' threads, in their
 * transactions.
 */
@NullMarked
package dev.bide.jobstore.internal.write;

import org.jspecify.annotations.NullMarked;
