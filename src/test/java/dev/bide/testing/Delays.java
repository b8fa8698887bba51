package dev.bide.testing;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.bide.delay.Delay;
import java.util.Map;

/** Delays as JSON has them. */
public final class Delays {
    private static final ObjectMapper MAPPER = new ObjectMapper();

    private Delays() {}

    public static Delay of(Map<String, Object> fields) {
        return Delay.fromJson(MAPPER.<ObjectNode>valueToTree(fields));
    }
}
