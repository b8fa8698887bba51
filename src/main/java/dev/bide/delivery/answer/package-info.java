/**
 * What comes back: the beginning of an answer as a text that can be kept, and for how long it asks to be left alone. Imports nothing of ours; open to {@code delivery}. Runs on the
 * callers' threads.
 */
@NullMarked
package dev.bide.delivery.answer;

import org.jspecify.annotations.NullMarked;
