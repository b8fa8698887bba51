package dev.bide.workflow.store;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** A part of a list; {@code next} is null at its end. */
public record Page<T>(List<T> items, @Nullable Cursor next) {}
