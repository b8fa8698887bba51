/**
 * The load generator behind {@code loadtest/sustained.sh}: it starts the parts as processes of their own, sends timers by the clock, and holds what the third
 * party received against what the service accepted. Imports nothing of ours but the processes of {@code testing}: it knows the service by its HTTP contract and its tables. One thread sends, the main
 * thread watches.
 */
package dev.bide.loadtest;
