package dev.bide.http.problem;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.bide.json.FieldError;
import dev.bide.json.PlainText;
import dev.bide.workflow.Refusal;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A problem document (RFC 9457).
 *
 * @param type a stable URN for each kind
 * @param instance of an unexpected fault: its id in the log
 * @param errors of a validation, at least one then
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record Problem(
        String type,
        String title,
        int status,
        String detail,
        @Nullable String instance,
        @Nullable List<FieldError> errors) {
    public static final String MEDIA_TYPE = "application/problem+json";

    public static Problem of(ProblemType type, String detail) {
        return new Problem(type.uri(), type.title(), type.status(), PlainText.of(detail), null, null);
    }

    static Problem of(ProblemType type, List<FieldError> errors) {
        FieldError first = errors.get(0);
        String detail = (first.field().isEmpty() ? "The body" : first.field()) + " " + first.message()
                + (errors.size() > 1 ? " (and " + (errors.size() - 1) + " more)" : "");
        return new Problem(type.uri(), type.title(), type.status(), PlainText.of(detail), null, List.copyOf(errors));
    }

    public static Problem invalid(List<FieldError> errors) {
        return of(ProblemType.INVALID, errors);
    }

    /** What the engine refuses. */
    public static Problem of(Refusal refusal) {
        String message = refusal.detail();
        return switch (refusal.reason()) {
            case NOT_FOUND -> of(ProblemType.NOT_FOUND, message);
            case CONFLICT -> of(ProblemType.CONFLICT, message);
            case STALE -> of(ProblemType.STALE, message);
            case INVALID ->
                invalid(refusal.errors().stream().limit(FieldError.MOST).toList());
            case BUSY -> of(ProblemType.BUSY, message);
            case AWAY -> of(ProblemType.UNAVAILABLE, message);
            case FAULT -> of(ProblemType.INTERNAL, message);
        };
    }

    /** What the server says before any resource is asked. */
    public static Problem ofStatus(int status) {
        return switch (status) {
            case 400 -> of(ProblemType.MALFORMED, "The server could not make sense of the request");
            case 403 -> of(ProblemType.FORBIDDEN, "The server does not answer this request");
            case 404 -> of(ProblemType.NOT_FOUND, "There is nothing at this path");
            case 405 -> of(ProblemType.METHOD_NOT_ALLOWED, "The Allow header names the methods of this path");
            case 408 -> of(ProblemType.TIMEOUT, "The request did not come in time");
            case 413 -> of(ProblemType.TOO_LARGE, "The body is larger than the server takes");
            case 414 -> refused(status, "The url is longer than the server takes");
            case 431 -> refused(status, "The headers are longer than the server takes");
            case 415 -> of(ProblemType.UNSUPPORTED_MEDIA_TYPE, "Send the body as application/json");
            case 501, 505 -> refused(status, "The server does not know this method or version of HTTP");
            case 503 -> of(ProblemType.UNAVAILABLE, "Try again in a moment");
            default -> {
                String detail = "The server answers " + status + " before any resource is asked";
                yield status < 500
                        ? refused(status, detail)
                        : new Problem(
                                ProblemType.INTERNAL.uri(), ProblemType.INTERNAL.title(), status, detail, null, null);
            }
        };
    }

    private static Problem refused(int status, String detail) {
        ProblemType type = ProblemType.REFUSED;
        return new Problem(type.uri(), type.title(), status, detail, null, null);
    }

    /** @param id under which the fault is in the log */
    public static Problem internal(String id) {
        ProblemType type = ProblemType.INTERNAL;
        String detail = "The fault is in the log of this node under the id " + id;
        return new Problem(type.uri(), type.title(), type.status(), detail, "urn:uuid:" + id, null);
    }
}
