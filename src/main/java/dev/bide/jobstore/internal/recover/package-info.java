/**
 * Giving back: what a dead node had in its hands, what this one will not begin, and what was missed. May import {@code internal.sql}, {@code internal.write} and {@code DatabaseFault}. Runs
 * on the threads that take over, fire and look for misfires.
 */
@NullMarked
package dev.bide.jobstore.internal.recover;

import org.jspecify.annotations.NullMarked;
