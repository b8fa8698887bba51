package dev.bide.persistence;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.ObjectWriter;
import dev.bide.workflow.Attempt;
import dev.bide.workflow.Task;
import dev.bide.workflow.TimerSpec;
import dev.bide.workflow.Workflow;
import dev.bide.workflow.figures.Counts;
import dev.bide.workflow.notice.Channel;
import dev.bide.workflow.notice.Happening;
import dev.bide.workflow.store.Operation;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The columns that hold JSON. What a newer version has added to them is passed over, so that both may run side by side; but not in what an operation is to do, which
 * would change more than was asked for: one that is not read waits for a node that can. Thread-safe.
 */
final class JsonColumns {
    private final ObjectWriter writer;
    private final ObjectReader specs;
    private final ObjectReader attempts;
    private final ObjectReader tasks;
    private final ObjectReader endings;
    private final ObjectReader channels;
    private final ObjectReader samples;
    private final ObjectReader requests;
    private final ObjectReader failures;
    private final ObjectReader counts;
    private final ObjectReader numbers;

    JsonColumns(ObjectMapper mapper) {
        writer = mapper.writer();
        ObjectReader reader = mapper.reader().without(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES);
        specs = reader.forType(TimerSpec.class);
        attempts = reader.forType(new TypeReference<List<Attempt>>() {});
        tasks = reader.forType(new TypeReference<List<Task>>() {});
        endings = reader.forType(Workflow.Endings.class);
        channels = reader.forType(Channel.class);
        samples = reader.forType(new TypeReference<List<Happening.Sample>>() {});
        requests = mapper.reader()
                .with(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
                .forType(Operation.Request.class);
        failures = reader.forType(new TypeReference<List<Operation.Failure>>() {});
        numbers = reader.forType(new TypeReference<Map<String, Integer>>() {});
        counts = reader.forType(Counts.class);
    }

    String write(Object value) {
        try {
            return writer.writeValueAsString(value);
        } catch (JsonProcessingException e) {
            throw new UncheckedIOException(e);
        }
    }

    TimerSpec spec(String json) {
        return read(specs, json);
    }

    List<Attempt> attempts(@Nullable String json) {
        return json == null ? List.of() : read(attempts, json);
    }

    List<Task> tasks(String json) {
        return read(tasks, json);
    }

    Workflow.Endings endings(@Nullable String json) {
        return json == null ? Workflow.Endings.NONE : read(endings, json);
    }

    Channel channel(String json) {
        return read(channels, json);
    }

    List<Happening.Sample> samples(String json) {
        return read(samples, json);
    }

    Operation.Request request(String json) {
        return read(requests, json);
    }

    List<Operation.Failure> failures(@Nullable String json) {
        return json == null ? List.of() : read(failures, json);
    }

    Map<String, Integer> numbers(String json) {
        return read(numbers, json);
    }

    Counts counts(String json) {
        return read(counts, json);
    }

    private static <T> T read(ObjectReader reader, String json) {
        try {
            return reader.readValue(json);
        } catch (JsonProcessingException e) {
            throw new UncheckedIOException(e);
        }
    }
}
