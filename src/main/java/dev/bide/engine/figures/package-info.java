/**
 * What people look at: counted on each node, written by it, added up for all. {@link dev.bide.engine.figures.Recent} answers on the callers' threads; the one thread of
 * {@code NodeFigures} writes.
 */
@NullMarked
package dev.bide.engine.figures;

import org.jspecify.annotations.NullMarked;
