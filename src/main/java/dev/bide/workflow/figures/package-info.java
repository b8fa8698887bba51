/**
 * The ports of what people look at: figures, destinations, the dead. May import {@code json}; open to whoever stores or asks. Everything runs on
 * the caller's thread.
 */
@NullMarked
package dev.bide.workflow.figures;

import org.jspecify.annotations.NullMarked;
