package dev.bide.trace;

import io.opentelemetry.api.common.AttributeKey;

/** What our spans and their attributes are called; docs/operating.md explains them. Those without {@code bide} are of the semantic conventions. */
final class Names {
    static final String SCOPE = "dev.bide";

    static final String FIRING = "deliver timer";

    static final AttributeKey<String> TIMER = AttributeKey.stringKey("bide.timer.id");
    static final AttributeKey<String> RUN = AttributeKey.stringKey("bide.run.id");
    static final AttributeKey<String> WORKFLOW = AttributeKey.stringKey("bide.workflow.id");
    static final AttributeKey<String> TASK = AttributeKey.stringKey("bide.task.id");
    static final AttributeKey<Long> ATTEMPT = AttributeKey.longKey("bide.attempt");
    static final AttributeKey<Long> LATENESS = AttributeKey.longKey("bide.lateness_ms");
    static final AttributeKey<String> OUTCOME = AttributeKey.stringKey("bide.outcome");
    static final AttributeKey<Long> ITEMS = AttributeKey.longKey("bide.items");

    static final AttributeKey<String> METHOD = AttributeKey.stringKey("http.request.method");
    static final AttributeKey<Long> STATUS = AttributeKey.longKey("http.response.status_code");
    static final AttributeKey<String> SERVER = AttributeKey.stringKey("server.address");
    static final AttributeKey<Long> PORT = AttributeKey.longKey("server.port");
    static final AttributeKey<String> ERROR = AttributeKey.stringKey("error.type");

    private Names() {}
}
