package dev.bide.loadtest.chaos;

import dev.bide.loadtest.Launch;

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
        Launch.exit(IsolationOptions.USAGE, () -> options(arguments), Isolation::run);
    }

    private static IsolationOptions options(String... arguments) {
        IsolationOptions options = IsolationOptions.parse(arguments);
        named(options.kind()); // throws where there is none
        return options;
    }

    private static Case named(String name) {
        return switch (name) {
            case "hung" -> new HungCase();
            case "burst" -> new BurstCase();
            case "slow-senders" -> new SlowSendersCase();
            case "large-inputs" -> new LargeInputsCase();
            case "frozen" -> new FrozenCase();
            case "paused" -> new PausedCase();
            case "limits" -> new LimitsCase();
            default -> throw new IllegalArgumentException(name.isEmpty() ? "--case is missing" : "no case " + name);
        };
    }

    private static boolean run(IsolationOptions options) throws Exception {
        try (Stage stage =
                new Stage(Launch.directory(options.jar(), options.directory(), "bide-" + options.kind() + "-"))) {
            System.out.println("Logs and the database are in " + stage.directory());
            return named(options.kind()).run(stage, options);
        }
    }
}
