package dev.bide.startup;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import io.dropwizard.configuration.ConfigurationException;
import io.dropwizard.configuration.ResourceConfigurationSourceProvider;
import io.dropwizard.configuration.YamlConfigurationFactory;
import jakarta.validation.Validator;
import java.io.IOException;
import java.util.Map;
import java.util.TreeMap;
import org.apache.commons.text.StringSubstitutor;
import org.jspecify.annotations.Nullable;

/**
 * Reads config.yml, ours from the jar where none is named, and replaces <code>${NAME:-default}</code> in its values from the environment. After the file was
 * parsed, so that a password may hold quotes, colons and line ends. An empty variable counts as unset. A key that there is not is refused, in the file and after
 * <code>-Ddw.</code> alike: it would have been meant for something.
 */
public final class EnvironmentConfigurationFactory<T> extends YamlConfigurationFactory<T> {
    private static final String PACKAGED = "config.yml";

    private final Map<String, String> environment;
    /** The variable that had a say in the value of a key, by the key's path. */
    private final Map<String, String> fromEnvironment = new TreeMap<>();

    public EnvironmentConfigurationFactory(
            Class<T> type,
            @Nullable Validator validator,
            ObjectMapper mapper,
            String propertyPrefix,
            Map<String, String> environment) {
        super(type, validator, mapper.copy().enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES), propertyPrefix);
        this.environment = environment;
    }

    @Override
    public T build() throws IOException, ConfigurationException {
        return build(new ResourceConfigurationSourceProvider(), PACKAGED);
    }

    @Override
    protected T build(JsonNode node, String path) throws IOException, ConfigurationException {
        substitute(node, "");
        try {
            return super.build(node, path);
        } catch (ConfigurationException e) {
            throw new PlainConfigurationException(path, e, fromEnvironment);
        }
    }

    private JsonNode substitute(JsonNode node, String path) {
        if (node instanceof ObjectNode object) {
            String prefix = path.isEmpty() ? "" : path + ".";
            object.properties().forEach(entry -> entry.setValue(substitute(entry.getValue(), prefix + entry.getKey())));
        } else if (node instanceof ArrayNode array) {
            for (int index = 0; index < array.size(); index++) {
                array.set(index, substitute(array.get(index), path + "[" + index + "]"));
            }
        } else if (node instanceof TextNode text && text.textValue().contains("${")) {
            return TextNode.valueOf(new StringSubstitutor(name -> variable(name, path)).replace(text.textValue()));
        }
        return node;
    }

    private @Nullable String variable(String name, String path) {
        String value = environment.get(name);
        if (value == null || value.isBlank()) {
            return null;
        }
        fromEnvironment.put(path, name);
        return value;
    }
}
