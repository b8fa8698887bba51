package dev.bide.delivery;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.samskivert.mustache.Mustache;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What the variables of one action stand for. Text is filled in as it is, numbers and booleans as JSON writes them,
 * objects and arrays as JSON text; what is missing or null as nothing.
 *
 * <p>Answers to a variable's whole name and never with null, so that JMustache has no cause to take a value apart by
 * reflection.
 */
final class Values implements Mustache.CustomContext {

    /** The names beside {@code input} and what is below it. */
    static final Set<String> NAMES = Set.of("run.id", "run.key", "task.name", "timer.id", "timer.dueAt");

    private static final ObjectMapper MAPPER = Filler.mapper();

    private final String timerId;
    private final String dueAt;
    private final @Nullable RunValues run;
    private @Nullable JsonNode input;

    Values(String timerId, String dueAt, @Nullable RunValues run) {
        this.timerId = timerId;
        this.dueAt = dueAt;
        this.run = run;
    }

    static boolean known(String name) {
        return NAMES.contains(name)
                || name.equals("input")
                || (name.startsWith("input.") && !name.endsWith(".") && !name.contains(".."));
    }

    @Override
    public Object get(String name) {
        @Nullable
        Object value =
                switch (name) {
                    case "timer.id" -> timerId;
                    case "timer.dueAt" -> dueAt;
                    case "run.id" -> run == null ? null : run.runId();
                    case "run.key" -> run == null ? null : run.runKey();
                    case "task.name" -> run == null ? null : run.taskName();
                    default -> text(find(name));
                };
        return value == null ? "" : value;
    }

    private JsonNode find(String name) {
        JsonNode node = input();
        String[] steps = name.split("\\.", -1);
        for (int i = 1; i < steps.length; i++) {
            String step = steps[i];
            node = node.isArray() ? node.path(index(step)) : node.path(step);
        }
        return node;
    }

    private static int index(String step) {
        boolean digits = !step.isEmpty() && step.length() < 10 && step.chars().allMatch(c -> c >= '0' && c <= '9');
        return digits ? Integer.parseInt(step) : -1;
    }

    private static String text(JsonNode node) {
        if (node.isMissingNode() || node.isNull()) {
            return "";
        }
        return node.isTextual() ? node.textValue() : node.toString();
    }

    private JsonNode input() {
        JsonNode known = input;
        if (known == null) {
            known = read(run == null ? null : run.input());
            input = known;
        }
        return known;
    }

    private static JsonNode read(@Nullable String json) {
        if (json == null) {
            return MissingNode.getInstance();
        }
        try {
            return MAPPER.readTree(json);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException("the run's input is no JSON", e);
        }
    }
}
