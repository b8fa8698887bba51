package dev.bide.workflow.notice;

import com.fasterxml.jackson.databind.JsonNode;
import dev.bide.json.FieldPath;
import dev.bide.json.Fields;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Channels as JSON, of requests and of the configuration alike. */
public final class ChannelReader {
    private ChannelReader() {}

    /** Null where an error was noted. Also takes back what a GET answered. */
    public static @Nullable Channel read(String name, Fields fields) {
        fields.ignore("name", "readOnly", "waiting", "lastNoticeAt", "lastError");
        Channel.Type type = fields.required("type", field -> fields.choice(field, Channel.Type.values()));
        List<String> to = texts(fields, "to");
        String url = fields.text("url");
        String chatId = fields.text("chatId");
        List<NoticeEvent> events = events(fields);
        UUID workflowId = id(fields);
        return fields.build(() -> new Channel(name, Objects.requireNonNull(type), to, url, chatId, events, workflowId));
    }

    private static List<NoticeEvent> events(Fields fields) {
        List<NoticeEvent> events = new ArrayList<>();
        List<String> names = texts(fields, "events");
        for (int i = 0; i < names.size(); i++) {
            String name = names.get(i);
            Optional<NoticeEvent> event = NoticeEvent.of(name);
            if (event.isEmpty() || event.get() == NoticeEvent.TEST) {
                fields.errors().add(fields.path().field("events").element(i), "is no event: there are " + known());
            } else if (!events.contains(event.get())) {
                events.add(event.get());
            }
        }
        return events;
    }

    private static String known() {
        return String.join(
                ", ",
                Arrays.stream(NoticeEvent.values())
                        .filter(event -> event != NoticeEvent.TEST)
                        .map(NoticeEvent::toString)
                        .toList());
    }

    private static List<String> texts(Fields fields, String name) {
        JsonNode list = fields.any(name);
        List<String> texts = new ArrayList<>();
        if (list != null && !list.isArray()) {
            fields.error(name, "must be a list");
        } else if (list != null) {
            for (int i = 0; i < list.size(); i++) {
                FieldPath path = fields.path().field(name).element(i);
                if (list.get(i).isTextual()) {
                    texts.add(list.get(i).textValue());
                } else {
                    fields.errors().add(path, "must be a string");
                }
            }
        }
        return texts;
    }

    private static @Nullable UUID id(Fields fields) {
        String text = fields.text("workflowId");
        if (text == null) {
            return null;
        }
        try {
            UUID id = UUID.fromString(text);
            if (id.toString().equalsIgnoreCase(text)) {
                return id;
            }
        } catch (IllegalArgumentException e) {
            // Said below.
        }
        fields.error("workflowId", "must be the id of a workflow");
        return null;
    }
}
