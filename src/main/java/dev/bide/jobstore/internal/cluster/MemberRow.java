package dev.bide.jobstore.internal.cluster;

/**
 * A row of the scheduler state table.
 *
 * @param stamp when the node checked in last, in milliseconds since the epoch; by the database's clock, where it is one of ours
 * @param interval how often it means to check in, in milliseconds
 */
record MemberRow(String instance, long stamp, long interval) {}
