package dev.bide;

/** The Bide service. */
public final class BideApplication {
    private BideApplication() {}

    public static void main(String[] arguments) {}
}
