/**
 * Filling: what variables in headers and bodies stand for, and the JSON that comes of it. Imports nothing of ours; open to {@code delivery}. Runs on the callers' threads.
 */
@NullMarked
package dev.bide.delivery.template;

import org.jspecify.annotations.NullMarked;
