package dev.bide.startup;

import io.dropwizard.configuration.ConfigurationException;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What is wrong with the configuration: a line for each fault, with the key and, where the value came from the environment, the variable. */
final class PlainConfigurationException extends ConfigurationException {
    /** Jackson's words around a refusal of ours. */
    private static final Pattern REFUSED = Pattern.compile(
            "Failed to parse configuration at: (\\S+); Cannot construct instance of `.*?`, problem: (.*)");

    PlainConfigurationException(String path, ConfigurationException fault, Map<String, String> fromEnvironment) {
        super(path, lines(fault, fromEnvironment), fault);
    }

    private static List<String> lines(ConfigurationException fault, Map<String, String> fromEnvironment) {
        return fault.getErrors().stream()
                .map(PlainConfigurationException::plain)
                .map(line -> line + origin(line, fromEnvironment))
                .toList();
    }

    private static String plain(String error) {
        String line = error.replaceAll("(?s)\\R?\\s*at \\[Source: .*", "")
                .strip()
                .replaceAll("\\R\\s*", " ")
                .replace(".[", "[");
        Matcher refused = REFUSED.matcher(line);
        return refused.matches() ? refused.group(1) + ": " + refused.group(2) : line;
    }

    private static String origin(String line, Map<String, String> fromEnvironment) {
        return fromEnvironment.entrySet().stream()
                .filter(entry -> names(line, entry.getKey()))
                .findFirst()
                .map(entry -> " (from the environment: " + entry.getValue() + ")")
                .orElse("");
    }

    private static boolean names(String line, String key) {
        return Pattern.compile("(?<![\\w.])" + Pattern.quote(key) + "(?![\\w.\\[])")
                .matcher(line)
                .find();
    }
}
