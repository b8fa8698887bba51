/**
 * PLAY: a third party to try Bide with, and to measure it against: a receiver that answers as the query tells it and remembers what it got. Imports nothing of ours.
 * Its server's threads run in it.
 */
@NullMarked
package dev.bide.thirdparty;

import org.jspecify.annotations.NullMarked;
