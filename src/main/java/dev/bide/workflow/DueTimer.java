package dev.bide.workflow;

import com.fasterxml.jackson.databind.JsonNode;
import org.jspecify.annotations.Nullable;

/** A timer with what of its run fills its call. */
public record DueTimer(
        Timer timer, @Nullable JsonNode input, @Nullable String runKey) {}
