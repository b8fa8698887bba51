/**
 * A PostgreSQL of three nodes that fails over, by Debian's programs: Patroni, etcd and HAProxy, each a process, and where it may be, each database node in a network of its own, so that it can be
 * cut off without a word. Imports nothing of ours but the processes of {@code testing}. Not safe for several threads, but where it is said.
 */
package dev.bide.loadtest.patroni;
