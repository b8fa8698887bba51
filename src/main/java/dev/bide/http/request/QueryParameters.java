package dev.bide.http.request;

import dev.bide.http.problem.RequestException;
import dev.bide.json.Durations;
import dev.bide.json.Instants;
import dev.bide.json.InvalidException;
import dev.bide.json.PlainText;
import dev.bide.workflow.RunDraft;
import dev.bide.workflow.store.PageRequest;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.core.MultivaluedMap;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The query parameters of a request: each at most once, none that is unknown. What is wrong ends the request with 400. */
public final class QueryParameters {
    /** A host name of 253 characters, and a port. */
    static final int LONGEST_HOST = 260;

    private static final Pattern SECONDS = Pattern.compile("[0-9]{1,9}");

    private final MultivaluedMap<String, String> values;

    private QueryParameters(MultivaluedMap<String, String> values) {
        this.values = values;
    }

    public static QueryParameters of(ContainerRequestContext request, Set<String> known) {
        MultivaluedMap<String, String> values = request.getUriInfo().getQueryParameters();
        values.forEach((name, given) -> check(name, given, known));
        return new QueryParameters(values);
    }

    private static void check(String name, List<String> given, Set<String> known) {
        if (!known.contains(name)) {
            throw RequestException.parameter(name, "is not a parameter of this call");
        }
        if (given.size() > 1) {
            throw RequestException.parameter(name, "must be given once");
        }
    }

    @Nullable
    String text(String name) {
        return values.getFirst(name);
    }

    /** {@code limit} and {@code cursor}. */
    public PageRequest page(Listing list) {
        int limit = limit();
        return checked(() -> new PageRequest(limit, parsed("cursor", list::cursor)));
    }

    /** A whole number. */
    public int number(String name, int least, int most, int otherwise) {
        Integer number = parsed(name, text -> {
            try {
                int value = Integer.parseInt(text);
                if (value >= least && value <= most) {
                    return value;
                }
            } catch (NumberFormatException e) {
                // As one that is too large.
            }
            throw new InvalidException(name, "must be from " + least + " to " + most);
        });
        return number == null ? otherwise : number;
    }

    /** {@code limit} alone, for a list whose cursors are others. */
    public int limit() {
        return number("limit", 1, PageRequest.MOST, PageRequest.DEFAULT_LIMIT);
    }

    /** False where it is not given. */
    public boolean flag(String name) {
        String text = text(name);
        if (text != null && !text.equals("true") && !text.equals("false")) {
            throw RequestException.parameter(name, "must be true or false");
        }
        return "true".equals(text);
    }

    public @Nullable UUID id(String name) {
        return parsed(name, text -> WrittenIds.field(name, text));
    }

    public @Nullable Instant instant(String name) {
        return parsed(name, text -> {
            try {
                return Instants.parse(text);
            } catch (DateTimeException e) {
                throw new InvalidException(name, Instants.RULE);
            }
        });
    }

    /** Text without control characters. */
    public @Nullable String plainText(String name) {
        String text = text(name);
        if (text != null && !PlainText.isPlain(text)) {
            throw RequestException.parameter(name, "must hold no control characters");
        }
        return text;
    }

    /** One or several, with commas between them; none where it is not given. */
    public <T> Set<T> several(String name, Function<String, T> parser) {
        String text = text(name);
        return text == null
                ? Set.of()
                : checked(() -> Arrays.stream(text.split(",", -1)).map(parser).collect(Collectors.toSet()));
    }

    /** In seconds, or as it is written in bodies. */
    public @Nullable Duration duration(String name) {
        return parsed(name, text -> {
            try {
                return SECONDS.matcher(text).matches()
                        ? Duration.ofSeconds(Long.parseLong(text))
                        : Durations.parse(text);
            } catch (IllegalArgumentException e) {
                throw new InvalidException(name, "must be a number of seconds, or a duration such as PT1M");
            }
        });
    }

    public @Nullable String key() {
        String key = text("key");
        if (key != null && (key.codePointCount(0, key.length()) > RunDraft.LONGEST_KEY || !PlainText.isPlain(key))) {
            throw RequestException.parameter("key", "can't be a key");
        }
        return key;
    }

    /** The id of a problem: 64 bits, in 16 digits. */
    public @Nullable Long problem() {
        return parsed("problem", text -> WrittenIds.problem("problem", text));
    }

    /** Where a destination is named; whoever knows its rules says whether it is one. */
    public @Nullable String host() {
        String host = text("host");
        if (host != null && (host.length() > LONGEST_HOST || !PlainText.isPlain(host))) {
            throw RequestException.parameter("host", "must have at most " + LONGEST_HOST + " characters");
        }
        return host;
    }

    /** What {@code parser} makes of the value, where there is one. */
    public <T> @Nullable T parsed(String name, Function<String, T> parser) {
        String text = text(name);
        return text == null ? null : checked(() -> parser.apply(text));
    }

    /** What {@code value} supplies; what it refuses is a parameter's fault. */
    public static <T> T checked(Supplier<T> value) {
        try {
            return value.get();
        } catch (InvalidException e) {
            throw RequestException.parameter(e.first().field(), e.first().message());
        }
    }
}
