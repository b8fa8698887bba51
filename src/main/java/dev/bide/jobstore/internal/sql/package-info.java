/**
 * Statements and transactions: whose tables, keys in sets, what a session may take, threads, and doing it once more. Imports no other room. Runs on its
 * callers' threads.
 */
@NullMarked
package dev.bide.jobstore.internal.sql;

import org.jspecify.annotations.NullMarked;
