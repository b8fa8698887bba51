package dev.bide.testing;

import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.joran.JoranConfigurator;
import ch.qos.logback.core.joran.spi.JoranException;
import org.slf4j.LoggerFactory;

/** The tests' own log settings, which a service that ran in this JVM has replaced by its own. */
public final class LogSettings {
    private LogSettings() {}

    public static void restore() {
        LoggerContext context = (LoggerContext) LoggerFactory.getILoggerFactory();
        context.reset();
        JoranConfigurator configurator = new JoranConfigurator();
        configurator.setContext(context);
        try {
            configurator.doConfigure(LogSettings.class.getResource("/logback-test.xml"));
        } catch (JoranException e) {
            throw new IllegalStateException(e);
        }
    }
}
