/**
 * WATCH: metrics, health and logs. May import {@code engine}, {@code jobstore}, {@code delivery}, {@code workflow}, {@code database} and {@code trace}. Threads: the admin
 * connector's, the metrics reporters', and those that tell of what was settled.
 */
@NullMarked
package dev.bide.ops;

import org.jspecify.annotations.NullMarked;
