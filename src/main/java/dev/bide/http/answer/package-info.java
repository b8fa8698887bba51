/**
 * What is answered: the records that become JSON, headers, and exceptions as problem documents. May import {@code http.problem}, {@code http.request}, {@code http.Health}, {@code json}, {@code engine}, {@code workflow}, {@code workflow.store} and {@code delay}. Runs on the
 * request's thread, or on the one that stored what was asked for.
 */
@NullMarked
package dev.bide.http.answer;

import org.jspecify.annotations.NullMarked;
