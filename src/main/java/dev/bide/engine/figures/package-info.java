/**
 * What people look at: counted on each node, written by it, added up for all. {@link dev.bide.engine.figures.Recent} answers on the callers' threads. Two threads of its
 * own: that of {@code NodeFigures} writes, with what {@code DestinationWriter} has; that of {@code DestinationWatch} reads what is set, for which a take may wait. What is
 * found for the whole cluster is found on the threads of the upkeep.
 */
@NullMarked
package dev.bide.engine.figures;

import org.jspecify.annotations.NullMarked;
