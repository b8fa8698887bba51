package dev.bide;

import io.dropwizard.configuration.ConfigurationException;
import io.dropwizard.core.cli.Cli;
import io.dropwizard.core.cli.ServerCommand;
import java.io.IOException;
import net.sourceforge.argparse4j.inf.Namespace;
import org.jspecify.annotations.Nullable;

/** {@code server}, with a sentence instead of a stack trace where the operator can mend what is wrong. */
final class ServeCommand extends ServerCommand<BideConfiguration> {
    ServeCommand(BideApplication application) {
        super(application);
    }

    @Override
    public void onError(Cli cli, @Nullable Namespace namespace, Throwable error) {
        Throwable plain = error.getCause() instanceof IOException cause ? cause : error;
        if (plain instanceof ConfigurationException || plain instanceof IOException || plain instanceof RefusedStart) {
            cli.getStdErr().println("Bide cannot start: " + plain.getMessage());
        } else {
            super.onError(cli, namespace, error);
        }
    }

    /** The configuration is readable, but must not be run like this. */
    static final class RefusedStart extends RuntimeException {
        RefusedStart(String message) {
            super(message);
        }
    }
}
