package dev.bide;

import dev.bide.database.OpenDatabase;
import dev.bide.persistence.JdbiDatabase;
import dev.bide.startup.StartFault;
import dev.bide.workflow.store.Database;
import io.dropwizard.core.cli.Cli;
import io.dropwizard.core.cli.ConfiguredCommand;
import io.dropwizard.core.setup.Bootstrap;
import io.dropwizard.db.ManagedDataSource;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.OptionalInt;
import net.sourceforge.argparse4j.impl.Arguments;
import net.sourceforge.argparse4j.inf.Namespace;
import net.sourceforge.argparse4j.inf.Subparser;
import org.jspecify.annotations.Nullable;

/**
 * {@code retention}: how long the cluster keeps what is finished. It stands in the database, and a start never changes it: a node with another file
 * must not drop what others keep.
 */
final class RetentionCommand extends ConfiguredCommand<BideConfiguration> {
    private static final int LONGEST_DAYS = 3_650;

    RetentionCommand() {
        super("retention", "Says how long finished timers and runs are kept, and changes it where --days is given");
    }

    @Override
    public void configure(Subparser parser) {
        super.configure(parser);
        parser.addArgument("--days")
                .type(Integer.class)
                .choices(Arguments.range(1, LONGEST_DAYS))
                .help("days to be kept from now on, 1 to " + LONGEST_DAYS + "; what is older is dropped by the upkeep");
    }

    @Override
    protected void run(Bootstrap<BideConfiguration> bootstrap, Namespace arguments, BideConfiguration configuration)
            throws Exception {
        PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
        try (OpenDatabase opened = configuration.database.open()) {
            ManagedDataSource pool = opened.forCommand("retention");
            try {
                out.println(work(new JdbiDatabase(pool), arguments.getInt("days")));
            } finally {
                pool.stop();
            }
        }
    }

    private static String work(Database database, @Nullable Integer days) {
        OptionalInt before = database.inTransaction(session -> session.history().daysKept());
        String was = before.isPresent() ? before.getAsInt() + " days" : "not said yet how long";
        if (days == null) {
            return "Finished timers and runs are kept: " + was;
        }
        database.inTransaction(session -> {
            session.history().keep(days);
            return true;
        });
        return "Finished timers and runs are kept: " + days + " days from now on; before: " + was;
    }

    @Override
    public void onError(Cli cli, @Nullable Namespace namespace, Throwable error) {
        if (!StartFault.tell(cli, error)) {
            super.onError(cli, namespace, error);
        }
    }
}
