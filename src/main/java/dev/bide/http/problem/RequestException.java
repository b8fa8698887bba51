package dev.bide.http.problem;

import dev.bide.json.FieldError;
import java.util.List;

/** Ends a request with a problem document. Has no stack trace: it is an answer, and hostile clients can ask for many. */
public final class RequestException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final transient Problem problem;

    public RequestException(Problem problem) {
        super(problem.detail(), null, false, false);
        this.problem = problem;
    }

    public RequestException(ProblemType type, String detail) {
        this(Problem.of(type, detail));
    }

    /** 400 about a query parameter. */
    public static RequestException parameter(String name, String message) {
        return new RequestException(Problem.of(ProblemType.BAD_PARAMETER, List.of(new FieldError(name, message))));
    }

    public static RequestException malformed(String detail) {
        return new RequestException(ProblemType.MALFORMED, detail);
    }

    public Problem problem() {
        return problem;
    }
}
