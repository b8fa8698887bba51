package dev.bide.trace;

import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.context.Context;
import io.opentelemetry.sdk.trace.data.LinkData;
import io.opentelemetry.sdk.trace.samplers.Sampler;
import io.opentelemetry.sdk.trace.samplers.SamplingDecision;
import io.opentelemetry.sdk.trace.samplers.SamplingResult;
import java.util.List;

/**
 * What a timer's request decided holds for its firings too, hours later: a root that is linked goes by its links, a call by its firing. All else is up to the sampler that was
 * asked for. A firing and its call that are not sampled are recorded all the same where failures are wanted: {@link FailuresToo} sends them should they fail.
 */
record LinkedSampler(Sampler chosen, boolean failures) implements Sampler {
    @Override
    public SamplingResult shouldSample(
            Context parent, String traceId, String name, SpanKind kind, Attributes attributes, List<LinkData> links) {
        SamplingResult result = decide(parent, traceId, name, kind, attributes, links);
        boolean maybeWanted = failures && (kind == SpanKind.CONSUMER || kind == SpanKind.CLIENT);
        return maybeWanted && result.getDecision() == SamplingDecision.DROP ? SamplingResult.recordOnly() : result;
    }

    private SamplingResult decide(
            Context parent, String traceId, String name, SpanKind kind, Attributes attributes, List<LinkData> links) {
        SpanContext above = Span.fromContext(parent).getSpanContext();
        if (above.isValid() && !above.isRemote()) {
            return above.isSampled() ? SamplingResult.recordAndSample() : SamplingResult.drop();
        }
        if (!above.isValid() && !links.isEmpty()) {
            return links.stream().anyMatch(link -> link.getSpanContext().isSampled())
                    ? SamplingResult.recordAndSample()
                    : SamplingResult.drop();
        }
        return chosen.shouldSample(parent, traceId, name, kind, attributes, links);
    }

    @Override
    public String getDescription() {
        return "Linked{" + chosen.getDescription() + "}";
    }
}
