package dev.bide;

import dev.bide.database.Migrations;
import dev.bide.database.OpenDatabase;
import dev.bide.startup.StartFault;
import io.dropwizard.core.cli.Cli;
import io.dropwizard.core.setup.Bootstrap;
import io.dropwizard.db.DataSourceFactory;
import io.dropwizard.migrations.DbCommand;
import java.util.Objects;
import net.sourceforge.argparse4j.inf.Namespace;
import org.jspecify.annotations.Nullable;

/** {@code db migrate} and its siblings, on the embedded database too. */
final class MigrateCommand extends DbCommand<BideConfiguration> {
    private final Opened opened;

    MigrateCommand() {
        this(new Opened());
    }

    private MigrateCommand(Opened opened) {
        super("db", configuration -> opened.settings(), BideConfiguration.class, Migrations.CHANGELOG);
        this.opened = opened;
    }

    @Override
    protected void run(Bootstrap<BideConfiguration> bootstrap, Namespace namespace, BideConfiguration configuration)
            throws Exception {
        try (OpenDatabase database = configuration.database.open()) {
            opened.database = database;
            super.run(bootstrap, namespace, configuration);
        }
    }

    @Override
    public void onError(Cli cli, @Nullable Namespace namespace, Throwable error) {
        if (!StartFault.tell(cli, error)) {
            super.onError(cli, namespace, error);
        }
    }

    private static final class Opened {
        private @Nullable OpenDatabase database;

        DataSourceFactory settings() {
            return Objects.requireNonNull(database, "open").migrationSettings();
        }
    }
}
