package dev.bide.workflow;

/**
 * A run with what it was started with, which only starting and showing it need.
 *
 * @param input a JSON object
 */
public record RunWithInput(Run run, JsonText input) {}
