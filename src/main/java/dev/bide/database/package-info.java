/**
 * OPEN: the database opened, given or embedded: its pools and what their sessions may take, whether it is one that will do, its migrations, and the probe that tells
 * whether it is there. May import {@code embedded}, and of {@code jobstore} its clock and what it knows of faults. Threads: whoever starts the node; the probe has one of its own.
 */
@NullMarked
package dev.bide.database;

import org.jspecify.annotations.NullMarked;
