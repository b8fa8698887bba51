/**
 * Nodes: checking in, judging who is silent, taking over. May import all other inner rooms. Two threads of its own: one checks in, one takes over.
 */
@NullMarked
package dev.bide.jobstore.internal.cluster;

import org.jspecify.annotations.NullMarked;
