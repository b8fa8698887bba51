package dev.bide.workflow.store;

import dev.bide.workflow.JsonText;
import dev.bide.workflow.Run;

/**
 * A run with what it was started with, which only starting and showing it need.
 *
 * @param input a JSON object
 */
public record RunWithInput(Run run, JsonText input) {}
