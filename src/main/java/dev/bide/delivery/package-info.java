/**
 * SEND: one call to a third party, what its answer means, and what may be called at all.
 *
 * <p>Imports {@code trace}. OkHttp, resilience4j and JMustache live only in this house. {@code deliver} runs on the threads of
 * whoever calls it, hundreds at a time; the only threads of its own look up names.
 */
@NullMarked
package dev.bide.delivery;

import org.jspecify.annotations.NullMarked;
