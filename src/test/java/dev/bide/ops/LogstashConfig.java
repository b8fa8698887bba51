package dev.bide.ops;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A pipeline of Logstash without conditions, read strictly: sections of plugins, each with its settings, nothing else. */
final class LogstashConfig {
    private static final Pattern TOKEN =
            Pattern.compile("#[^\\n]*|=>|[{}\\[\\],]|\"[^\"\\n]*\"|[A-Za-z_][A-Za-z0-9_]*|[0-9]+");
    private static final Pattern NAME = Pattern.compile("[a-z_]+");
    private static final Set<String> SECTIONS = Set.of("input", "filter", "output");

    private final List<String> tokens = new ArrayList<>();
    private int next;

    /** @param settings of each its text, a list of texts, or a plugin: a codec */
    record Plugin(String section, String name, Map<String, Object> settings) {}

    private LogstashConfig(String text) {
        Matcher matcher = TOKEN.matcher(text);
        int end = 0;
        while (matcher.find()) {
            if (!text.substring(end, matcher.start()).isBlank()) {
                throw new IllegalArgumentException("can't be read: " + text.substring(end, matcher.start()));
            }
            end = matcher.end();
            if (!matcher.group().startsWith("#")) {
                tokens.add(matcher.group());
            }
        }
        if (!text.substring(end).isBlank()) {
            throw new IllegalArgumentException("can't be read: " + text.substring(end));
        }
    }

    static List<Plugin> read(String text) {
        LogstashConfig config = new LogstashConfig(text);
        List<Plugin> plugins = new ArrayList<>();
        while (config.next < config.tokens.size()) {
            String section = config.take(NAME);
            if (!SECTIONS.contains(section)) {
                throw new IllegalArgumentException("no section: " + section);
            }
            config.expect("{");
            while (!config.peek().equals("}")) {
                plugins.add(config.plugin(section, config.take(NAME)));
            }
            config.expect("}");
        }
        return plugins;
    }

    private Plugin plugin(String section, String name) {
        Map<String, Object> settings = new LinkedHashMap<>();
        expect("{");
        while (!peek().equals("}")) {
            String key = take(NAME);
            expect("=>");
            if (settings.put(key, value()) != null) {
                throw new IllegalArgumentException(key + " is there twice");
            }
        }
        expect("}");
        return new Plugin(section, name, settings);
    }

    private Object value() {
        String token = tokens.get(next++);
        if (token.equals("[")) {
            List<String> list = new ArrayList<>();
            while (!peek().equals("]")) {
                list.add(text(tokens.get(next++)));
                if (peek().equals(",")) {
                    next++;
                }
            }
            expect("]");
            return list;
        }
        return peek().equals("{") && NAME.matcher(token).matches() ? plugin("codec", token) : text(token);
    }

    private static String text(String token) {
        if (!token.matches("\"[^\"]*\"|[a-z_0-9]+")) {
            throw new IllegalArgumentException("no value: " + token);
        }
        return token.replace("\"", "");
    }

    private String take(Pattern pattern) {
        String token = tokens.get(next++);
        if (!pattern.matcher(token).matches()) {
            throw new IllegalArgumentException("not " + pattern + ": " + token);
        }
        return token;
    }

    private void expect(String token) {
        if (!tokens.get(next++).equals(token)) {
            throw new IllegalArgumentException("not " + token + ": " + tokens.get(next - 1));
        }
    }

    private String peek() {
        return tokens.get(next);
    }
}
