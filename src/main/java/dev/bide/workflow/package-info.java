/**
 * WHAT: workflows, tasks, runs and timers, their states and transitions, and the pure rules about them: which task comes next, what a request that can't be met is
 * told. May import {@code delay} and {@code json}. Values are immutable; no thread of its own runs here.
 */
@NullMarked
package dev.bide.workflow;

import org.jspecify.annotations.NullMarked;
