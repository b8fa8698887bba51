/**
 * Sockets that connect nowhere they may not, and a trace of each call that tells how much has gone over them and come back. May import {@code delivery.address}; open to
 * {@code delivery} only. Runs on the callers' threads.
 */
@NullMarked
package dev.bide.delivery.connection;

import org.jspecify.annotations.NullMarked;
