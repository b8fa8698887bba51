package dev.bide.startup;

import io.dropwizard.configuration.ConfigurationException;
import io.dropwizard.core.cli.Cli;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** Tells why a command cannot do its work: in a sentence where the operator can mend it. */
public final class StartFault {
    private StartFault() {}

    /** False where the fault is one of ours, which needs its stack trace. */
    public static boolean tell(Cli cli, Throwable error) {
        if (jvmIsEnding()) {
            return true; // Told to stop in the middle of its start: what broke off is no news.
        }
        for (Throwable cause = error; cause != null; cause = cause.getCause()) {
            if (cause instanceof ConfigurationException configuration) {
                configuration.getErrors().forEach(line -> say(cli, line));
                return true;
            }
            if (cause instanceof IOException || cause instanceof Refused) {
                say(cli, sentence(cause));
                return true;
            }
        }
        return false;
    }

    private static void say(Cli cli, @Nullable String sentence) {
        cli.getStdErr().println("Bide cannot start: " + sentence);
    }

    private static @Nullable String sentence(Throwable cause) {
        String message = cause.getMessage();
        boolean bind = message != null && message.startsWith("Failed to bind to");
        Throwable why = cause.getCause();
        return bind && why != null
                ? message + ": " + why.getMessage() + " (HTTP_PORT, ADMIN_PORT and BIND_HOST say where)"
                : message;
    }

    public static boolean jvmIsEnding() {
        Thread probe = new Thread(() -> {});
        try {
            Runtime.getRuntime().addShutdownHook(probe);
            Runtime.getRuntime().removeShutdownHook(probe);
            return false;
        } catch (IllegalStateException e) {
            return true;
        }
    }

    /** The configuration is readable, but must not be run like this. */
    public static final class Refused extends RuntimeException {
        public Refused(String message) {
            super(message);
        }
    }
}
