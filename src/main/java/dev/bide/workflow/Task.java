package dev.bide.workflow;

import dev.bide.delay.Delay;
import java.time.Duration;
import java.util.UUID;

/** A step of a workflow: wait, then call. Its id stays the same through all versions of the workflow. */
public record Task(UUID id, String name, Delay delay, Action action, RetryPolicy retry, Duration timeout) {}
