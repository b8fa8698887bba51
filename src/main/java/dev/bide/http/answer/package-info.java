/**
 * What is answered: the records that become JSON, headers, and exceptions as problem documents. May import {@code http.problem} and {@code http.request}. Runs on the
 * request's thread, or on the one that stored what was asked for.
 */
@NullMarked
package dev.bide.http.answer;

import org.jspecify.annotations.NullMarked;
