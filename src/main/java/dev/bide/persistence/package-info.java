/**
 * STORE: the stores of {@code workflow} on PostgreSQL. Jdbi lives only here. May import {@code workflow}, {@code json}, and of
 * {@code jobstore} what tells how a timer's trigger stands. Everything runs on the caller's thread and in the caller's transaction.
 */
@NullMarked
package dev.bide.persistence;

import org.jspecify.annotations.NullMarked;
