package dev.bide.thirdparty;

import io.dropwizard.core.cli.Command;
import io.dropwizard.core.setup.Bootstrap;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import net.sourceforge.argparse4j.impl.Arguments;
import net.sourceforge.argparse4j.inf.Namespace;
import net.sourceforge.argparse4j.inf.Subparser;

/** {@code third-party}: a receiver to try Bide with. */
public final class ThirdPartyCommand extends Command {
    private final InstantSource clock;

    public ThirdPartyCommand(InstantSource clock) {
        super(
                "third-party",
                "Receives calls, answers as their query asks (status, fail, failAlways, delay, retryAfter) and shows them at /_calls and /_ledger");
        this.clock = clock;
    }

    @Override
    public void configure(Subparser parser) {
        parser.addArgument("--host").setDefault("127.0.0.1").help("address to listen on");
        parser.addArgument("--port")
                .type(Integer.class)
                .setDefault(9090)
                .help("port to listen on; 0 for any that is free");
        parser.addArgument("--remember")
                .type(Integer.class)
                .setDefault(1000)
                .help("calls to keep with headers and body; the ledger counts all");
        parser.addArgument("--quiet").action(Arguments.storeTrue()).help("print no line for each call");
    }

    @Override
    public void run(Bootstrap<?> bootstrap, Namespace arguments) throws Exception {
        PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
        try (ThirdPartyServer server = ThirdPartyServer.start(
                arguments.getString("host"),
                arguments.getInt("port"),
                Math.max(0, arguments.getInt("remember")),
                clock,
                arguments.getBoolean("quiet") ? null : out)) {
            out.println("Third party listens on http://" + arguments.getString("host") + ":" + server.port());
            server.join();
        }
    }
}
