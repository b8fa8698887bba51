package dev.bide.engine.notices;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.bide.workflow.Action;
import dev.bide.workflow.Json;
import dev.bide.workflow.JsonText;
import dev.bide.workflow.notice.Channel;
import dev.bide.workflow.notice.Happening;
import dev.bide.workflow.notice.Notice;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The call that tells a channel. A webhook gets an event as CloudEvents 1.0 has it (structured mode, JSON). */
final class NoticeCall {
    private static final ObjectMapper MAPPER = Json.mapper();

    private NoticeCall() {}

    static Action of(Channel channel, Notice notice, List<Happening> happened, NoticeWords words, Instant now) {
        String url = Objects.requireNonNull(channel.url(), "a channel that is called");
        return switch (channel.type()) {
            case WEBHOOK ->
                new Action(
                        "POST",
                        url,
                        Map.of("Content-Type", "application/cloudevents+json"),
                        json(event(notice, happened, words, now)));
            case SLACK -> new Action("POST", url, Map.of(), json(Map.of("text", escaped(plain(notice)))));
            case TELEGRAM ->
                new Action(
                        "POST",
                        url,
                        Map.of(),
                        json(Map.of("chat_id", String.valueOf(channel.chatId()), "text", plain(notice))));
            case EMAIL -> throw new IllegalArgumentException("a mail is no call");
        };
    }

    /** Telegram takes 4096 characters, which is enough for anybody to see what is the matter. */
    private static String plain(Notice notice) {
        String text = notice.title() + "\n" + notice.text();
        return text.length() <= 4_000 ? text : text.substring(0, 4_000) + "…";
    }

    /** Slack reads links and whom to call out of angle brackets. */
    private static String escaped(String text) {
        return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
    }

    private static Map<String, Object> event(Notice notice, List<Happening> happened, NoticeWords words, Instant now) {
        Map<String, Object> event = new LinkedHashMap<>();
        event.put("specversion", "1.0");
        event.put("id", notice.id());
        event.put("source", words.publicUrl() == null ? "bide" : words.publicUrl());
        event.put("type", "dev.bide." + notice.event());
        event.put("time", now);
        if (happened.size() == 1 && !happened.get(0).subject().isEmpty()) {
            event.put("subject", happened.get(0).subject());
        }
        event.put("datacontenttype", "application/json");
        Map<String, Object> data = new LinkedHashMap<>();
        data.put("channel", notice.channel());
        data.put("title", notice.title());
        data.put("count", happened.stream().mapToLong(Happening::count).sum());
        data.put(
                "happenings",
                happened.stream()
                        .limit(NoticeWords.MOST_PARTS)
                        .map(one -> happening(one, words))
                        .toList());
        if (happened.size() > NoticeWords.MOST_PARTS) {
            data.put("more", happened.size() - NoticeWords.MOST_PARTS);
        }
        event.put("data", data);
        return event;
    }

    private static Map<String, Object> happening(Happening happened, NoticeWords words) {
        Map<String, Object> data = new LinkedHashMap<>();
        data.put("subject", happened.subject());
        put(data, "workflowId", happened.workflowId());
        if (happened.workflowId() != null) {
            put(data, "workflow", words.names().get(happened.workflowId()));
        }
        data.put("count", happened.count());
        data.put("firstAt", happened.firstAt());
        data.put("lastAt", happened.lastAt());
        put(data, "url", words.url(happened));
        List<Map<String, Object>> samples = new ArrayList<>();
        for (Happening.Sample one : happened.samples()) {
            Map<String, Object> sample = new LinkedHashMap<>();
            put(sample, "id", one.id());
            sample.put("text", one.text());
            put(sample, "url", words.url(one));
            samples.add(sample);
        }
        data.put("samples", samples);
        return data;
    }

    private static void put(Map<String, Object> members, String name, @Nullable Object value) {
        if (value != null) {
            members.put(name, value);
        }
    }

    /**
     * What third parties answered may hold braces, and is not to be filled. They are set apart, since an escape would be two braces again once it was read; outside of strings
     * JSON has no two of them side by side.
     */
    private static JsonText json(Map<String, Object> value) {
        try {
            return JsonText.parse(MAPPER.writeValueAsString(value).replaceAll("\\{(?=\\{)", "{ "));
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("texts can be written", e);
        }
    }
}
