package dev.bide;

import dev.bide.startup.StartFault;
import dev.bide.thirdparty.Demonstration;
import dev.bide.thirdparty.ThirdPartyServer;
import io.dropwizard.core.Application;
import io.dropwizard.core.cli.Cli;
import io.dropwizard.core.cli.ServerCommand;
import io.dropwizard.core.setup.Bootstrap;
import io.dropwizard.core.setup.Environment;
import io.dropwizard.lifecycle.AutoCloseableManager;
import io.dropwizard.lifecycle.setup.LifecycleEnvironment;
import java.net.URI;
import java.time.InstantSource;
import java.util.Arrays;
import net.sourceforge.argparse4j.inf.Namespace;
import net.sourceforge.argparse4j.inf.Subparser;
import org.eclipse.jetty.server.NetworkConnector;
import org.eclipse.jetty.server.Server;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** {@code demo}: the service on a database of its own, two third parties beside it, and something to look at. */
final class DemoCommand extends ServerCommand<BideConfiguration> {
    private static final Logger LOG = LoggerFactory.getLogger(DemoCommand.class);
    private static final String FOLDER = "./data-demo";
    private static final String HOST = "127.0.0.1";
    private static final int REMEMBERED = 1000;

    DemoCommand(Application<BideConfiguration> application) {
        super(
                application,
                "demo",
                "Runs Bide on a database of its own (" + FOLDER
                        + " unless DATA_DIR says another), with example workflows, runs and timers");
    }

    @Override
    public void configure(Subparser subparser) {
        super.configure(subparser);
        subparser
                .addArgument("--third-party-port")
                .type(Integer.class)
                .setDefault(9092)
                .help("where the third party that is called listens, and on the port after it a slow one");
    }

    @Override
    public void run(Bootstrap<?> wildcardBootstrap, Namespace namespace) throws Exception {
        String url = System.getenv("DATABASE_URL");
        if (url != null && !url.isEmpty()) {
            throw new StartFault.Refused("the demonstration fills a database of its own; unset DATABASE_URL");
        }
        String folder = System.getenv("DATA_DIR");
        if (folder == null || folder.isEmpty()) {
            // As if it had been said on the command line.
            System.setProperty("dw.database.dataDirectory", FOLDER);
        }
        // It lets hundreds of timers die on purpose: a line for each would bury where to look.
        System.setProperty("dw.logging.loggers.dev\\.bide\\.engine\\.deliver\\.Settler", "WARN");
        super.run(wildcardBootstrap, namespace);
    }

    @Override
    protected void run(Environment environment, Namespace namespace, BideConfiguration configuration) throws Exception {
        int port = namespace.getInt("third_party_port");
        ThirdPartyServer good = thirdParty(port);
        ThirdPartyServer slow = thirdParty(port + 1);
        Demonstration demonstration = new Demonstration(
                configuration.auth.keys().stream().findFirst().orElse(null), address(good), address(slow));
        // What is managed first is stopped last.
        LifecycleEnvironment lifecycle = environment.lifecycle();
        lifecycle.manage(new AutoCloseableManager(good));
        lifecycle.manage(new AutoCloseableManager(slow));
        lifecycle.manage(new AutoCloseableManager(demonstration));
        lifecycle.addServerLifecycleListener(server -> {
            String address = "http://localhost:" + port(server) + "/";
            LOG.info("Look at {}, which fills by and by", address);
            demonstration.start(
                    URI.create("http://" + HOST + ":" + port(server)),
                    () -> LOG.info("The demonstration is there to look at: {}", address));
        });
        super.run(environment, namespace, configuration);
    }

    private static int port(Server server) {
        return Arrays.stream(server.getConnectors())
                .filter(connector -> "application".equals(connector.getName()))
                .map(NetworkConnector.class::cast)
                .mapToInt(NetworkConnector::getLocalPort)
                .findFirst()
                .orElseThrow();
    }

    private static String address(ThirdPartyServer thirdParty) {
        return "http://" + HOST + ":" + thirdParty.port();
    }

    private static ThirdPartyServer thirdParty(int port) throws Exception {
        return ThirdPartyServer.start(HOST, port, REMEMBERED, InstantSource.system(), null);
    }

    @Override
    public void onError(Cli cli, @Nullable Namespace namespace, Throwable error) {
        if (!StartFault.tell(cli, error)) {
            super.onError(cli, namespace, error);
        }
    }
}
