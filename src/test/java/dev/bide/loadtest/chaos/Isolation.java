package dev.bide.loadtest.chaos;

import java.io.IOException;
import java.nio.file.Files;

/** One case of {@code loadtest/isolation.sh}, which says what it does. */
public final class Isolation {
    /** One party misbehaves; the others are watched. */
    interface Case {
        /**
         * Runs it and prints its figures.
         *
         * @return whether the others fared as they should
         */
        boolean run(Stage stage, IsolationOptions options) throws Exception;
    }

    private Isolation() {}

    /** Exits with 0 if the case passed, 1 if it failed, 2 if the options are wrong. */
    public static void main(String[] arguments) {
        IsolationOptions options;
        Case wanted;
        try {
            options = IsolationOptions.parse(arguments);
            wanted = named(options.kind());
        } catch (IllegalArgumentException e) {
            System.err.println(e.getMessage() + "\n" + IsolationOptions.USAGE);
            System.exit(2);
            return;
        }
        int status = 1;
        try {
            status = run(wanted, options) ? 0 : 1;
        } catch (Exception e) {
            System.err.println("The run broke off: " + e.getMessage());
            e.printStackTrace();
        }
        System.exit(status);
    }

    private static Case named(String name) {
        return switch (name) {
            case "hung" -> new HungCase();
            case "burst" -> new BurstCase();
            case "slow-senders" -> new SlowSendersCase();
            case "large-inputs" -> new LargeInputsCase();
            case "frozen" -> new FrozenCase();
            default -> throw new IllegalArgumentException(name.isEmpty() ? "--case is missing" : "no case " + name);
        };
    }

    private static boolean run(Case wanted, IsolationOptions options) throws Exception {
        if (!Files.isReadable(options.jar())) {
            throw new IOException(options.jar() + " is missing: mvn -DskipTests package");
        }
        try (Stage stage = new Stage(options.directory(), "bide-" + options.kind() + "-")) {
            System.out.println("Logs and the database are in " + stage.directory());
            return wanted.run(stage, options);
        }
    }
}
