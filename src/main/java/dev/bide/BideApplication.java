package dev.bide;

import dev.bide.delivery.Delivery;
import dev.bide.engine.Engine;
import dev.bide.http.Api;
import dev.bide.http.Health;
import dev.bide.ops.DatabaseHealth;
import dev.bide.ops.Observability;
import dev.bide.ops.OpenDatabase;
import dev.bide.ops.thirdparty.ThirdPartyCommand;
import dev.bide.persistence.JdbiDatabase;
import io.dropwizard.core.Application;
import io.dropwizard.core.cli.CheckCommand;
import io.dropwizard.core.setup.Bootstrap;
import io.dropwizard.core.setup.Environment;
import io.dropwizard.db.ManagedDataSource;
import io.dropwizard.lifecycle.AutoCloseableManager;
import java.time.InstantSource;
import org.jdbi.v3.core.Jdbi;

/** The Bide service: a table of contents. */
public final class BideApplication extends Application<BideConfiguration> {
    public static void main(String[] arguments) throws Exception {
        new BideApplication().run(arguments.length == 0 ? new String[] {"server"} : arguments);
    }

    @Override
    public String getName() {
        return "Bide";
    }

    @Override
    public void initialize(Bootstrap<BideConfiguration> bootstrap) {
        bootstrap.setConfigurationFactoryFactory((type, validator, mapper, prefix) ->
                new EnvironmentConfigurationFactory<>(type, validator, mapper, prefix, System.getenv()));
        bootstrap.addCommand(new MigrateCommand());
        bootstrap.addCommand(new ThirdPartyCommand(InstantSource.system()));
    }

    @Override
    protected void addDefaultCommands(Bootstrap<BideConfiguration> bootstrap) {
        bootstrap.addCommand(new ServeCommand(this));
        bootstrap.addCommand(new CheckCommand<>(this));
    }

    @Override
    public void run(BideConfiguration configuration, Environment environment) throws Exception {
        ExposedAddresses.refuseWithoutKeys(configuration);
        OpenDatabase database = configuration.database.open();
        try {
            database.migrate();
            // Managed first, stopped last.
            environment.lifecycle().manage(new AutoCloseableManager(database));
            ManagedDataSource pool = database.pool(environment.metrics(), "database");
            environment.lifecycle().manage(pool);
            Delivery delivery = delivery(configuration);
            environment.lifecycle().manage(new AutoCloseableManager(delivery));
            Observability observability = Observability.register(environment, pool);
            observability.watch(delivery);
            Engine engine = configuration.engine.build(
                    configuration.node(),
                    new JdbiDatabase(Jdbi.create(pool)),
                    pool,
                    delivery,
                    observability.observer(),
                    InstantSource.system());
            observability.watch(engine);
            environment.lifecycle().manage(new ManagedEngine(engine));
            Health health = new NodeHealth(configuration, new DatabaseHealth(pool));
            Api.register(
                    environment,
                    configuration.api,
                    configuration.auth.keys(),
                    new Api.Services(
                            engine.workflows(), engine.runs(), engine.timers(), health, InstantSource.system()));
            StartupSummary.register(configuration, environment, database);
        } catch (Exception e) {
            database.close();
            throw e;
        }
    }

    private static Delivery delivery(BideConfiguration configuration) {
        try {
            return configuration.delivery.build(InstantSource.system());
        } catch (IllegalArgumentException e) {
            throw new ServeCommand.RefusedStart("delivery." + e.getMessage());
        }
    }
}
