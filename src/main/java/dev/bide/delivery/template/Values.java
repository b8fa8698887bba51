package dev.bide.delivery.template;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.samskivert.mustache.Mustache;
import dev.bide.delivery.RunValues;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What the variables of one action stand for: within a text, text as it is, numbers, booleans, objects and arrays as the run's input has them in JSON, what is
 * missing or null as nothing; in place of a whole string of a body, the value itself.
 *
 * <p>Answers to a variable's whole name and never with null, so that JMustache has no cause to take a value apart by
 * reflection.
 */
public final class Values implements Mustache.CustomContext {

    /** The names beside {@code input} and what is below it. */
    static final Set<String> NAMES =
            Set.of("run.id", "run.key", "run.status", "run.error", "task.name", "timer.id", "timer.dueAt");

    private final String timerId;
    private final String dueAt;
    private final @Nullable RunValues run;
    private @Nullable JsonInput input;

    public Values(String timerId, String dueAt, @Nullable RunValues run) {
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
        Object value = NAMES.contains(name) ? own(name) : text(find(name));
        return value == null ? "" : value;
    }

    /** The variable's value as JSON; {@code null} where there is none. */
    String json(String name) {
        if (!NAMES.contains(name)) {
            String found = find(name);
            return found == null ? "null" : found;
        }
        String value = own(name);
        return value == null ? "null" : write(value);
    }

    private @Nullable String own(String name) {
        return switch (name) {
            case "timer.id" -> timerId;
            case "timer.dueAt" -> dueAt;
            case "run.id" -> run == null ? null : run.runId();
            case "run.key" -> run == null ? null : run.runKey();
            case "run.status" -> run == null ? null : run.status();
            case "run.error" -> run == null ? null : run.error();
            case "task.name" -> run == null ? null : run.taskName();
            default -> throw new IllegalArgumentException(name);
        };
    }

    /** JSON, as the input has it. */
    private @Nullable String find(String name) {
        JsonInput known = input;
        if (known == null) {
            String json = run == null ? null : run.input();
            if (json == null) {
                return null;
            }
            known = new JsonInput(json);
            input = known;
        }
        List<String> steps = List.of(name.split("\\.", -1));
        return known.find(steps.subList(1, steps.size()));
    }

    private static @Nullable String text(@Nullable String json) {
        if (json == null || json.equals("null")) {
            return null;
        }
        try {
            return json.startsWith("\"") ? ExactJson.MAPPER.readValue(json, String.class) : json;
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException("the run's input is no JSON", e);
        }
    }

    static String write(String value) {
        try {
            return ExactJson.MAPPER.writeValueAsString(value);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a text can be written", e);
        }
    }
}
