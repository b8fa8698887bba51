/**
 * What breaks things while timers run, and the check that nothing came of it: {@code loadtest/chaos.sh}; and one misbehaving party beside good ones:
 * {@code loadtest/isolation.sh}. Imports nothing of ours but the load tests and the processes of {@code testing}: it knows the service by its HTTP contract, its tables' ids and states, and its
 * processes. The third party's ledger and the load are in this process, so that what is compared is told by one clock.
 */
package dev.bide.loadtest.chaos;
