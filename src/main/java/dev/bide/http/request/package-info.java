/**
 * What requests ask for: drafts of what {@code json} has read, query parameters, entity tags. May import {@code http.problem}.
 * Runs on the request's thread.
 */
@NullMarked
package dev.bide.http.request;

import org.jspecify.annotations.NullMarked;
