package dev.bide.ops;

import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.LayoutBase;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonTypeName;
import io.dropwizard.logging.common.DropwizardLayout;
import io.dropwizard.logging.common.layout.DiscoverableLayoutFactory;
import io.dropwizard.logging.json.EventJsonLayoutBaseFactory;
import jakarta.validation.constraints.NotNull;
import java.util.TimeZone;

/** A layout of the log that one word switches between lines for people and JSON for machines. */
@JsonTypeName("bide")
public final class LogLayoutFactory implements DiscoverableLayoutFactory<ILoggingEvent> {
    /** Of each exception the eight calls nearest to the fault; JSON has them all. */
    private static final String FOR_PEOPLE = "%d{HH:mm:ss.SSS, UTC} %-5level [%thread] %logger{0}: %msg%n%dwREx{8}";

    /** {@code console}, {@code json} or {@code ecs}. Default {@code console}. */
    @JsonProperty
    @NotNull
    LogFormat format = LogFormat.CONSOLE;

    @Override
    public LayoutBase<ILoggingEvent> build(LoggerContext context, TimeZone timeZone) {
        return switch (format) {
            case CONSOLE -> {
                DropwizardLayout layout = new DropwizardLayout(context, timeZone);
                layout.setPattern(FOR_PEOPLE);
                yield layout;
            }
            case JSON -> new EventJsonLayoutBaseFactory().build(context, timeZone);
            case ECS -> {
                EcsLayout layout = new EcsLayout();
                layout.setContext(context);
                yield layout;
            }
        };
    }
}
