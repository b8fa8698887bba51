/**
 * Who may be called: urls as they may be stored, hosts and ports, names and what they resolve to, networks that are closed. Imports nothing of ours; open to {@code delivery} only. Runs on the
 * callers' threads, and looks names up on threads of its own.
 */
@NullMarked
package dev.bide.delivery.address;

import org.jspecify.annotations.NullMarked;
