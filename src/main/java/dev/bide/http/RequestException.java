package dev.bide.http;

import java.util.List;

/** Ends a request with a problem document. Has no stack trace: it is an answer, and hostile clients can ask for many. */
final class RequestException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final transient Problem problem;

    RequestException(Problem problem) {
        super(problem.detail(), null, false, false);
        this.problem = problem;
    }

    RequestException(ProblemType type, String detail) {
        this(Problem.of(type, detail));
    }

    /** 400 about a query parameter. */
    static RequestException parameter(String name, String message) {
        return new RequestException(Problem.of(ProblemType.BAD_PARAMETER, List.of(new FieldError(name, message))));
    }

    static RequestException malformed(String detail) {
        return new RequestException(ProblemType.MALFORMED, detail);
    }

    Problem problem() {
        return problem;
    }
}
