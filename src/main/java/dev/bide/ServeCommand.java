package dev.bide;

import dev.bide.startup.StartFault;
import io.dropwizard.core.Application;
import io.dropwizard.core.cli.Cli;
import io.dropwizard.core.cli.ServerCommand;
import net.sourceforge.argparse4j.inf.Namespace;
import org.jspecify.annotations.Nullable;

/** {@code server}, with a sentence instead of a stack trace where the operator can mend what is wrong. */
final class ServeCommand extends ServerCommand<BideConfiguration> {
    ServeCommand(Application<BideConfiguration> application) {
        super(application);
    }

    @Override
    public void onError(Cli cli, @Nullable Namespace namespace, Throwable error) {
        if (!StartFault.tell(cli, error)) {
            super.onError(cli, namespace, error);
        }
    }
}
