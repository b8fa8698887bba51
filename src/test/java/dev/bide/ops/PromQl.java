package dev.bide.ops;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What an expression of PromQL asks for: the series it selects, and the labels it groups them by. Whether it is one at all says promtool.
 *
 * @param groupedBy labels in {@code by}, {@code on} and the like
 */
record PromQl(List<Selector> selectors, Set<String> groupedBy) {
    private static final Pattern TOKEN =
            Pattern.compile("\"(?:[^\"\\\\]|\\\\.)*\"|'[^']*'|\\[[^\\]]*\\]|[a-zA-Z_:][a-zA-Z0-9_:]*"
                    + "|[0-9][0-9.a-zA-Z]*|=~|!~|!=|==|>=|<=|[-+*/%^(){},=<>]");
    private static final Pattern NAME = Pattern.compile("[a-zA-Z_:][a-zA-Z0-9_:]*");
    private static final Set<String> GROUPING = Set.of("by", "without", "on", "ignoring", "group_left", "group_right");
    private static final Set<String> OPERATORS = Set.of("and", "or", "unless", "bool", "offset");

    /** Series of a name, with what is asked of their labels. */
    record Selector(String metric, List<Condition> conditions) {}

    /** @param operator {@code =}, {@code =~}, {@code !=} or {@code !~} */
    record Condition(String label, String operator, String value) {}

    static PromQl of(String expression) {
        List<String> tokens = tokens(expression);
        List<Selector> selectors = new ArrayList<>();
        Set<String> groupedBy = new HashSet<>();
        for (int i = 0; i < tokens.size(); i++) {
            String token = tokens.get(i);
            String next = i + 1 < tokens.size() ? tokens.get(i + 1) : "";
            if (GROUPING.contains(token)) {
                int end = tokens.subList(i, tokens.size()).indexOf(")") + i;
                tokens.subList(i + 1, end).stream()
                        .filter(label -> NAME.matcher(label).matches())
                        .forEach(groupedBy::add);
                i = end;
            } else if (NAME.matcher(token).matches() && !OPERATORS.contains(token) && !next.equals("(")) {
                if (GROUPING.contains(next)) {
                    continue; // An aggregation that says its labels first.
                }
                int end = next.equals("{") ? tokens.subList(i, tokens.size()).indexOf("}") + i : i;
                selectors.add(new Selector(token, conditions(tokens.subList(i + 1, end + 1))));
                i = end;
            }
        }
        return new PromQl(selectors, groupedBy);
    }

    private static List<String> tokens(String expression) {
        List<String> tokens = new ArrayList<>();
        Matcher matcher = TOKEN.matcher(expression);
        int end = 0;
        while (matcher.find()) {
            if (!expression.substring(end, matcher.start()).isBlank()) {
                throw new IllegalArgumentException("can't read " + expression + " from " + end);
            }
            tokens.add(matcher.group());
            end = matcher.end();
        }
        if (!expression.substring(end).isBlank()) {
            throw new IllegalArgumentException("can't read " + expression + " from " + end);
        }
        return tokens;
    }

    private static List<Condition> conditions(List<String> tokens) {
        List<Condition> conditions = new ArrayList<>();
        for (int i = 1; i + 2 < tokens.size(); i += 4) {
            String quoted = tokens.get(i + 2);
            conditions.add(new Condition(tokens.get(i), tokens.get(i + 1), quoted.substring(1, quoted.length() - 1)));
        }
        return conditions;
    }
}
