/**
 * FOLLOW: spans of accepting, firing, calling and writing, sent to whoever takes OTLP. OpenTelemetry lives only here, and nothing of it runs unless an endpoint is named: then
 * {@link dev.bide.trace.Traces#OFF} stands in, which costs a branch. Imports nothing of ours. Threads: those of whoever makes a span; one of OpenTelemetry sends them.
 */
@NullMarked
package dev.bide.trace;

import org.jspecify.annotations.NullMarked;
