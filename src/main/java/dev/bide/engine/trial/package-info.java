/**
 * What is tried before it is done: runs on paper, and single calls. Stores nothing. Calls are made by threads of its own; any other may run in the rest.
 */
@NullMarked
package dev.bide.engine.trial;

import org.jspecify.annotations.NullMarked;
