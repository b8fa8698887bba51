/**
 * What is read of requests, strictly: JSON, fields and their errors, drafts, query parameters, entity tags. May import {@code http.problem} and {@code http.body}.
 * Runs on the request's thread.
 */
@NullMarked
package dev.bide.http.request;

import org.jspecify.annotations.NullMarked;
