package dev.bide;

import dev.bide.console.Console;
import dev.bide.database.DatabaseProbe;
import dev.bide.database.OpenDatabase;
import dev.bide.database.Pools;
import dev.bide.delivery.Delivery;
import dev.bide.engine.Databases;
import dev.bide.engine.Engine;
import dev.bide.engine.NoticesConfiguration;
import dev.bide.http.Api;
import dev.bide.http.Health;
import dev.bide.jobstore.DatabaseClock;
import dev.bide.ops.EcsService;
import dev.bide.ops.EngineHealth;
import dev.bide.ops.NodeFactsReader;
import dev.bide.ops.Observability;
import dev.bide.persistence.JdbiDatabase;
import dev.bide.startup.EarlyStop;
import dev.bide.startup.EnvironmentConfigurationFactory;
import dev.bide.startup.ExposedAddresses;
import dev.bide.startup.Role;
import dev.bide.startup.StartFault;
import dev.bide.thirdparty.ThirdPartyCommand;
import dev.bide.trace.Traces;
import io.dropwizard.core.Application;
import io.dropwizard.core.cli.CheckCommand;
import io.dropwizard.core.setup.Bootstrap;
import io.dropwizard.core.setup.Environment;
import io.dropwizard.lifecycle.AutoCloseableManager;
import io.dropwizard.lifecycle.setup.LifecycleEnvironment;
import java.time.InstantSource;

/** The Bide service: a table of contents. */
public final class BideApplication extends Application<BideConfiguration> {
    public static void main(String[] arguments) throws Exception {
        Delivery.keepNoFailuresOfNames();
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
        bootstrap.addCommand(new RetentionCommand());
        bootstrap.addCommand(new ThirdPartyCommand(InstantSource.system()));
    }

    @Override
    protected void addDefaultCommands(Bootstrap<BideConfiguration> bootstrap) {
        bootstrap.addCommand(new ServeCommand(this));
        bootstrap.addCommand(new DemoCommand(this));
        bootstrap.addCommand(new CheckCommand<>(this));
    }

    @Override
    public void run(BideConfiguration configuration, Environment environment) throws Exception {
        EcsService.node(configuration.nodeId.value());
        ExposedAddresses.refuseUnless(configuration.auth.guarded(), configuration.getServerFactory());
        DatabaseClock clock = new DatabaseClock();
        Delivery delivery = delivery(configuration, clock);
        Traces traces = traces(configuration);
        OpenDatabase database = configuration.database.open();
        StartPatience patience = new StartPatience(configuration.database.startTimeout());
        try {
            patience.during(() -> database.migrate(configuration.database.startTimeout()));
            patience.during(() -> database.check(
                    configuration.database.allConnections(),
                    configuration.engine.retentionDays(),
                    configuration.engine.failover()));
            // What is managed first is stopped last.
            LifecycleEnvironment lifecycle = environment.lifecycle();
            lifecycle.addEventListener(new EarlyStop(database::usedUntil));
            lifecycle.manage(new AutoCloseableManager(database));
            lifecycle.manage(new AutoCloseableManager(traces));
            Pools pools = Pools.open(
                    database,
                    configuration.database,
                    configuration.engine.failover(),
                    environment.metrics(),
                    lifecycle);
            DatabaseProbe probe = patience.during(() -> database.probe(clock));
            lifecycle.manage(new AutoCloseableManager(probe));
            lifecycle.manage(new AutoCloseableManager(delivery));
            Observability observability = Observability.register(environment, probe);
            observability.watch(delivery);
            observability.watch(clock);
            observability.watch(traces);
            Databases databases = new Databases(
                    new JdbiDatabase(pools.reads(), delivery::lane),
                    new JdbiDatabase(pools.changes(), delivery::lane),
                    new JdbiDatabase(pools.accepting(), delivery::lane),
                    new JdbiDatabase(pools.upkeep(), delivery::lane),
                    pools.jobs(),
                    pools.checkIns());
            NodeFactsReader facts = new NodeFactsReader(
                    configuration.roles.names(),
                    NodeHealth.version(),
                    clock,
                    pools::inUse,
                    configuration.database.allConnections());
            Engine engine = configuration.engine.build(
                    configuration.node(facts),
                    databases,
                    delivery,
                    observability.observer(),
                    clock,
                    notices(configuration),
                    traces);
            EngineHealth engineHealth = observability.watch(engine);
            lifecycle.manage(new ManagedEngine(engine, patience));
            if (configuration.roles.has(Role.SCHEDULER)) {
                observability.count(pools.reads(), engine.cluster());
            }
            Health health = new NodeHealth(configuration, probe, engineHealth);
            if (configuration.roles.has(Role.API)) {
                Api.register(
                        environment,
                        configuration.api,
                        configuration.auth.access(),
                        new Api.Services(
                                engine.workflows(),
                                engine.runs(),
                                engine.timers(),
                                engine.operations(),
                                engine.problems(),
                                engine.simulator(),
                                engine.actionTrials(),
                                engine.cluster(),
                                engine.destinations(),
                                engine.channels(),
                                health,
                                clock));
                Console.register(environment, configuration.telemetry.traceUrl());
            } else {
                Api.registerHealth(environment, configuration.api, configuration.auth.access(), health);
            }
            StartupSummary.register(configuration, environment, database);
        } catch (Exception e) {
            database.close();
            traces.close();
            throw e;
        }
    }

    private static NoticesConfiguration.Settings notices(BideConfiguration configuration) {
        try {
            return configuration.notices.settings(configuration.mail);
        } catch (IllegalArgumentException e) {
            throw new StartFault.Refused(String.valueOf(e.getMessage()));
        }
    }

    private static Traces traces(BideConfiguration configuration) {
        try {
            return configuration.telemetry.build(configuration.nodeId.value(), NodeHealth.version(), System.getenv());
        } catch (IllegalArgumentException e) {
            throw new StartFault.Refused(String.valueOf(e.getMessage()));
        }
    }

    private static Delivery delivery(BideConfiguration configuration, InstantSource clock) {
        try {
            return configuration.delivery.build(clock, configuration.engine.threads(), configuration.redis);
        } catch (IllegalArgumentException e) {
            String fault = String.valueOf(e.getMessage());
            if (fault.startsWith("redis.")) {
                throw new StartFault.Refused(fault + " (REDIS_URL)");
            }
            String variable = fault.startsWith("signingSecrets") ? "SIGNING_SECRET" : "ALLOWED_PRIVATE_NETWORKS";
            throw new StartFault.Refused("delivery." + fault + " (" + variable + ")");
        }
    }
}
