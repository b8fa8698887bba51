package dev.bide.console;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * One document for all pages: which one it is tells the address, and the modules draw it. A proxy may put a prefix before our addresses that we can't know; how deep the
 * address is we do know, so the document's base is relative, and all that it loads with it.
 */
final class Pages implements Site {
    /** How many steps an address may have that begins with this one. */
    static final Map<String, Integer> STEPS = Map.of(
            "workflows",
            3,
            "runs",
            2,
            "timers",
            2,
            "failures",
            1,
            "destinations",
            2,
            "operations",
            2,
            "channels",
            1,
            "playground",
            1);

    private static final int DEEPEST = 3;

    /** Scripts from us alone, and of those within the page only the one that says where libraries lie. */
    static final String POLICY = "default-src 'self'; script-src 'self' 'sha256-"
            + Base64.getEncoder().encodeToString(Asset.sha256(Library.IMPORT_MAP.getBytes(StandardCharsets.UTF_8)))
            + "'; object-src 'none'; base-uri 'self'; form-action 'self'; frame-ancestors 'none'";

    /** By depth. */
    private final List<Served> documents;

    /** @param traceUrl for links to traces; null for none */
    Pages(@Nullable String traceUrl) {
        String template = Asset.text("index.html");
        documents = IntStream.rangeClosed(0, DEEPEST)
                .mapToObj(depth -> template.replace("{{base}}", depth == 0 ? "./" : "../".repeat(depth))
                        .replace("{{importmap}}", Library.IMPORT_MAP)
                        .replace("{{preloads}}", preloads())
                        .replace("{{traceurl}}", traceUrl == null ? "" : escaped(traceUrl)))
                .map(text -> new Served(Asset.ofHtml(text), Served.ASKED_FOR_AGAIN, POLICY))
                .toList();
    }

    /** For an attribute in quotation marks. */
    private static String escaped(String text) {
        return text.replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replace("\"", "&quot;");
    }

    private static String preloads() {
        return Library.PRELOADED.stream()
                .map(path -> "<link rel=\"modulepreload\" href=\"console/lib/" + path + "\">")
                .collect(Collectors.joining("\n    "));
    }

    @Override
    public Optional<Served> at(String path) {
        if (path.equals("/")) {
            return Optional.of(documents.get(0));
        }
        String[] steps = path.substring(1).split("/", -1);
        int slashes = steps.length - 1;
        int named = steps[slashes].isEmpty() ? slashes : steps.length;
        return named <= STEPS.getOrDefault(steps[0], 0) ? Optional.of(documents.get(slashes)) : Optional.empty();
    }
}
