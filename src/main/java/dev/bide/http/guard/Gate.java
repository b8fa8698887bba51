package dev.bide.http.guard;

import dev.bide.http.answer.Answers;
import dev.bide.http.answer.ApiPaths;
import dev.bide.http.answer.MayWrite;
import dev.bide.http.problem.Problem;
import dev.bide.http.problem.ProblemType;
import java.util.List;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpHeaderValue;
import org.eclipse.jetty.http.HttpMethod;
import org.eclipse.jetty.http.HttpVersion;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.jspecify.annotations.Nullable;

/** Refuses what needs no look at the body, before a byte of it is read: whoever may not ask can hold neither a thread nor memory. */
public final class Gate extends Handler.Wrapper {
    /** Tells a page what it may offer. */
    private static final String RIGHTS = "Bide-Rights";

    private final Callers callers;
    private final Answers answers;

    public Gate(Callers callers, Answers answers) {
        this.callers = callers;
        this.answers = answers;
    }

    @Override
    public boolean handle(Request request, Response response, Callback callback) throws Exception {
        String path = Request.getPathInContext(request);
        Callers.Admission admission = callers.admit(request, path);
        request.setAttribute(MayWrite.ATTRIBUTE, admission.right() == Right.ALL);
        if (ApiPaths.includes(path) && admission.right() != Right.NONE) {
            response.getHeaders().put(RIGHTS, admission.right().toString());
        }
        Problem refusal = admission.refusal() == null ? unplain(request) : admission.refusal();
        if (refusal == null) {
            return super.handle(
                    request, mayBePacked(request) ? new HeadResponse(request, response) : response, callback);
        }
        if (!isPlainlyFramed(request)) {
            // Where the next request begins is anybody's guess (RFC 9112, 6.1).
            response.getHeaders().put(HttpHeader.CONNECTION, HttpHeaderValue.CLOSE.asString());
        }
        DirectAnswer.send(answers.problem(refusal), DirectAnswer.Linger.BRIEF, request, response, callback);
        return true;
    }

    private static boolean mayBePacked(Request request) {
        return HttpMethod.HEAD.is(request.getMethod()) && request.getHeaders().contains(HttpHeader.ACCEPT_ENCODING);
    }

    private static @Nullable Problem unplain(Request request) {
        return isPlainlyFramed(request)
                ? null
                : Problem.of(ProblemType.MALFORMED, "The only Transfer-Encoding that is taken is chunked, once");
    }

    /** Jetty takes {@code gzip, chunked} for chunked alone, and whoever stands between may have another opinion. */
    private static boolean isPlainlyFramed(Request request) {
        HttpFields headers = request.getHeaders();
        List<String> codings = headers.getValuesList(HttpHeader.TRANSFER_ENCODING);
        return codings.isEmpty()
                || (codings.size() == 1
                        && codings.get(0).strip().equalsIgnoreCase("chunked")
                        && request.getConnectionMetaData().getHttpVersion() != HttpVersion.HTTP_1_0);
    }
}
