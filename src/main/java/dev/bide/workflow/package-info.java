/**
 * WHAT: workflows, tasks, runs and timers, their states and transitions, and the ports of their stores. May import {@code delay} only.
 * Values are immutable; no thread of its own runs here.
 */
@NullMarked
package dev.bide.workflow;

import org.jspecify.annotations.NullMarked;
