/**
 * READ: JSON read strictly: fields, their paths and limits, and all that is wrong with them. Imports nothing of ours. Any thread may run in it; what is made for one
 * request is used by one thread.
 */
@NullMarked
package dev.bide.json;

import org.jspecify.annotations.NullMarked;
