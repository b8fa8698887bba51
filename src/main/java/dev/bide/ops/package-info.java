/**
 * WATCH: metrics, health, the embedded PostgreSQL, commands. May import engine, jobstore, delivery, workflow and persistence. Threads: the admin connector's, one
 * that watches the embedded database, and the commands' own.
 */
@NullMarked
package dev.bide.ops;

import org.jspecify.annotations.NullMarked;
