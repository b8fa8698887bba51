/**
 * What is done by the clock and not by request: repair, histories and their retention, and the schedule of it all. May import {@code engine.quartz},
 * {@code engine.change} and {@code engine.deliver}. Threads: the control plane's, on one node of the cluster at a time.
 */
@NullMarked
package dev.bide.engine.upkeep;

import org.jspecify.annotations.NullMarked;
