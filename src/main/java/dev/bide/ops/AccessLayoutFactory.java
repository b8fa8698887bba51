package dev.bide.ops;

import ch.qos.logback.access.common.spi.IAccessEvent;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.core.LayoutBase;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonTypeName;
import io.dropwizard.logging.common.layout.DiscoverableLayoutFactory;
import io.dropwizard.logging.json.AccessJsonLayoutBaseFactory;
import io.dropwizard.request.logging.layout.LogbackAccessRequestLayoutFactory;
import jakarta.validation.constraints.NotNull;
import java.util.TimeZone;

/** As {@link LogLayoutFactory}, for the lines of requests, where {@code server.requestLog} has any. */
@JsonTypeName("bide-access")
public final class AccessLayoutFactory implements DiscoverableLayoutFactory<IAccessEvent> {
    /** {@code console}, {@code json} or {@code ecs}. Default {@code console}. */
    @JsonProperty
    @NotNull
    LogFormat format = LogFormat.CONSOLE;

    @Override
    public LayoutBase<IAccessEvent> build(LoggerContext context, TimeZone timeZone) {
        return switch (format) {
            case CONSOLE -> (LayoutBase<IAccessEvent>) new LogbackAccessRequestLayoutFactory().build(context, timeZone);
            case JSON -> new AccessJsonLayoutBaseFactory().build(context, timeZone);
            case ECS -> {
                EcsAccessLayout layout = new EcsAccessLayout();
                layout.setContext(context);
                yield layout;
            }
        };
    }
}
