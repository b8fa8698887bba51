package dev.bide.ops;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A configuration of Fluentd, read strictly: directives in one another, each with its settings, nothing else. */
final class FluentdConfig {
    private static final Pattern OPENING = Pattern.compile("<([a-z]+)(?: ([^>]+))?>");
    private static final Pattern CLOSING = Pattern.compile("</([a-z]+)>");
    private static final Pattern SETTING = Pattern.compile("([@a-z_.]+) (\\S.*)");

    private FluentdConfig() {}

    /** @param pattern what it is for, as {@code match}'s tags; empty where there is none */
    record Directive(String name, String pattern, Map<String, String> settings, List<Directive> inner) {
        Directive(String name, String pattern) {
            this(name, pattern, new LinkedHashMap<>(), new ArrayList<>());
        }

        String type() {
            return settings.getOrDefault("@type", "");
        }

        Directive inner(String name) {
            return inner.stream()
                    .filter(directive -> directive.name.equals(name))
                    .findFirst()
                    .orElseThrow();
        }
    }

    static List<Directive> read(String text) {
        Directive root = new Directive("", "");
        Deque<Directive> open = new ArrayDeque<>(List.of(root));
        for (String line : text.lines().map(String::strip).toList()) {
            Matcher opening = OPENING.matcher(line);
            Matcher closing = CLOSING.matcher(line);
            Matcher setting = SETTING.matcher(line);
            if (line.isEmpty() || line.startsWith("#")) {
                continue;
            } else if (opening.matches()) {
                Directive directive = new Directive(opening.group(1), opening.group(2) == null ? "" : opening.group(2));
                open.element().inner.add(directive);
                open.push(directive);
            } else if (closing.matches() && open.element().name.equals(closing.group(1))) {
                open.pop();
            } else if (!setting.matches() || open.element().settings.put(setting.group(1), setting.group(2)) != null) {
                throw new IllegalArgumentException("can't be, or is there twice: " + line);
            }
        }
        if (open.element() != root) {
            throw new IllegalArgumentException(open.element().name + " is not closed");
        }
        return root.inner;
    }
}
