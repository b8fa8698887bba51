/**
 * What people are told: finds what has happened since it last looked, counts it, and tells the channels, by mail or by timers of the engine. Nothing of it is on the way of a
 * timer. Runs on the threads of the control plane; what is asked of channels on any other.
 */
@NullMarked
package dev.bide.engine.notices;

import org.jspecify.annotations.NullMarked;
