package dev.bide.manifest;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Of an object whose kind is no part of Kubernetes. */
record Metadata(
        String name,
        @Nullable String namespace,
        @Nullable Map<String, String> labels,
        @Nullable Map<String, String> annotations) {}
