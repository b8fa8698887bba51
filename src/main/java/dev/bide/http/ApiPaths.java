package dev.bide.http;

/** Where the contract is served. */
final class ApiPaths {
    /** The paths in answers begin with it. */
    static final String ROOT = "/v1";

    private ApiPaths() {}

    /** Whether {@code path} is one of the contract's. */
    static boolean includes(String path) {
        return path.startsWith(ROOT) && (path.length() == ROOT.length() || path.charAt(ROOT.length()) == '/');
    }
}
