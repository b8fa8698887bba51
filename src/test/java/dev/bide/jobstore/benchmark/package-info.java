/** Measures job stores side by side: loadtest/jobstore.sh. */
package dev.bide.jobstore.benchmark;
