package dev.bide.http.request;

import dev.bide.http.problem.RequestException;
import dev.bide.workflow.RefusedException;
import jakarta.ws.rs.container.ContainerRequestContext;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntSupplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The entity tags of workflows (RFC 9110, 8.8.3): the version in quotes. */
public final class EntityTags {
    private static final Pattern LIST_ELEMENT =
            Pattern.compile("\\G[ \\t]*((?:W/)?\"[\\x21\\x23-\\x7e\\x80-\\xff]*\")[ \\t]*(?:,|$)");

    private EntityTags() {}

    public static String of(int version) {
        return "\"" + version + "\"";
    }

    /**
     * The version that {@code If-Match} asks for; null where there is none, or any will do.
     *
     * @param current asked where the header names several, or none that a version could have
     * @throws RefusedException if the current version is not among several
     */
    public static @Nullable Integer expectedVersion(ContainerRequestContext request, IntSupplier current) {
        String header = request.getHeaderString("If-Match");
        if (header == null || header.strip().equals("*")) {
            return null;
        }
        List<String> tags = tags("If-Match", header);
        if (tags.size() == 1 && tags.get(0).matches("\"[1-9][0-9]{0,8}\"")) {
            return Integer.valueOf(tags.get(0).substring(1, tags.get(0).length() - 1));
        }
        int version = current.getAsInt();
        if (!tags.contains(of(version))) {
            throw RefusedException.stale("The version is " + version + " by now");
        }
        return version;
    }

    /** Whether {@code If-None-Match} says that the client has this version already. */
    public static boolean isKnown(ContainerRequestContext request, int version) {
        String header = request.getHeaderString("If-None-Match");
        if (header == null) {
            return false;
        }
        return header.strip().equals("*")
                || tags("If-None-Match", header).stream()
                        .anyMatch(tag -> tag.equals(of(version)) || tag.equals("W/" + of(version)));
    }

    private static List<String> tags(String name, String header) {
        List<String> tags = new ArrayList<>();
        Matcher element = LIST_ELEMENT.matcher(header);
        int end = 0;
        while (end < header.length() && element.find()) {
            tags.add(element.group(1));
            end = element.end();
        }
        if (tags.isEmpty() || end < header.length()) {
            throw RequestException.parameter(name, "must be * or entity tags such as \"3\"");
        }
        return tags;
    }
}
