package dev.bide.http.answer;

/** Where the contract is served. */
public final class ApiPaths {
    /** The paths in answers begin with it. */
    public static final String ROOT = "/v1";

    private ApiPaths() {}

    /** Whether {@code path} is one of the contract's. */
    public static boolean includes(String path) {
        return path.startsWith(ROOT) && (path.length() == ROOT.length() || path.charAt(ROOT.length()) == '/');
    }
}
