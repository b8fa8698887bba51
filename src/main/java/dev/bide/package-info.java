/** The root: puts the rooms together. Imports everything; nobody imports it. */
@NullMarked
package dev.bide;

import org.jspecify.annotations.NullMarked;
