package dev.bide.console;

/**
 * A file, and what the browser is told of it.
 *
 * @param caching the value of {@code Cache-Control}
 * @param policy the value of {@code Content-Security-Policy}
 */
record Served(Asset asset, String caching, String policy) {
    /** Asked for again each time, and answered 304 where it is as it was: a new version of Bide shows at once. */
    static final String ASKED_FOR_AGAIN = "no-cache";

    /** Its version is in its path. */
    static final String KEPT = "public, max-age=31536000, immutable";
}
