package dev.bide.http.guard;

import dev.bide.http.answer.ApiPaths;
import java.util.Locale;
import java.util.regex.Pattern;
import org.eclipse.jetty.http.HttpMethod;

/** What a request may do; each includes those before it. In headers its name in lower case. */
enum Right {
    NONE,
    /** What changes nothing and calls nobody. */
    READ,
    ALL;

    /** Calls that only read, though they take a body. Whatever is written otherwise, be it by a slash, is not among them. */
    private static final Pattern READING_POSTS =
            Pattern.compile(Pattern.quote(ApiPaths.ROOT) + "/(delays/preview|workflows/[^/]+/simulate)");

    /** The least that {@code method} of {@code path} asks for. */
    static Right needed(String method, String path) {
        if (HttpMethod.GET.is(method) || HttpMethod.HEAD.is(method)) {
            return READ;
        }
        return HttpMethod.POST.is(method) && READING_POSTS.matcher(path).matches() ? READ : ALL;
    }

    boolean includes(Right needed) {
        return compareTo(needed) >= 0;
    }

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
