package dev.bide.http.problem;

import java.util.Locale;

/** The kinds of problem that are answered: one stable code each, the end of the problem document's {@code type}. */
public enum ProblemType {
    MALFORMED(400, "The request can't be read"),
    BAD_PARAMETER(400, "A query parameter or header can't be used"),
    UNAUTHORIZED(401, "An API key is needed"),
    FORBIDDEN(403, "The request is not allowed"),
    NOT_FOUND(404, "There is no such thing"),
    METHOD_NOT_ALLOWED(405, "This path does not know that method"),
    TIMEOUT(408, "The request was too slow"),
    CONFLICT(409, "The state does not allow it"),
    STALE(412, "It was changed since it was read"),
    TOO_LARGE(413, "The body is too large"),
    UNSUPPORTED_MEDIA_TYPE(415, "The body must be JSON"),
    INVALID(422, "A value breaks a rule"),
    BUSY(429, "This node can't keep up"),
    REFUSED(400, "The request was refused"),
    INTERNAL(500, "Something went wrong here"),
    UNAVAILABLE(503, "The database is away");

    private final int status;
    private final String title;
    private final String uri =
            "urn:bide:problem:" + name().toLowerCase(Locale.ROOT).replace('_', '-');

    ProblemType(int status, String title) {
        this.status = status;
        this.title = title;
    }

    public int status() {
        return status;
    }

    String title() {
        return title;
    }

    public String uri() {
        return uri;
    }
}
