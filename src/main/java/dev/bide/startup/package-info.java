/**
 * BEGIN: what makes a start go well: the configuration from file and environment, faults told in one line, the node's name and roles, and a stop in the middle of
 * it. Imports nothing of ours. Runs on the main thread, and the early stop on the JVM's last.
 */
@NullMarked
package dev.bide.startup;

import org.jspecify.annotations.NullMarked;
