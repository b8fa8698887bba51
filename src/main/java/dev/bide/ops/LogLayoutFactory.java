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

    enum Format {
        CONSOLE,
        JSON
    }

    /** {@code console} or {@code json}. Default {@code console}. */
    @JsonProperty
    @NotNull
    Format format = Format.CONSOLE;

    @Override
    public LayoutBase<ILoggingEvent> build(LoggerContext context, TimeZone timeZone) {
        if (format == Format.JSON) {
            return new EventJsonLayoutBaseFactory().build(context, timeZone);
        }
        DropwizardLayout layout = new DropwizardLayout(context, timeZone);
        layout.setPattern(FOR_PEOPLE);
        return layout;
    }
}
