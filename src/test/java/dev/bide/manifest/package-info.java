/** What {@code manifest/} builds, read strictly and held against a running service. */
@NullMarked
package dev.bide.manifest;

import org.jspecify.annotations.NullMarked;
