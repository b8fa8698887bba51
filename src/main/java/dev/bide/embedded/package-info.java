/**
 * HOST: the PostgreSQL that comes along, for those who have none: its programs, its cluster of files, the account it runs as, and its processes, which outlive nobody.
 * Imports nothing of ours. Threads: its caller's, and one that watches the server.
 */
@NullMarked
package dev.bide.embedded;

import org.jspecify.annotations.NullMarked;
