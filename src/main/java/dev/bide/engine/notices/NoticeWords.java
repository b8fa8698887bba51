package dev.bide.engine.notices;

import dev.bide.workflow.Json;
import dev.bide.workflow.notice.Happening;
import dev.bide.workflow.notice.NoticeEvent;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What people read.
 *
 * @param publicUrl null where no links can be made
 * @param names of workflows
 */
record NoticeWords(@Nullable String publicUrl, Map<UUID, String> names) {
    /** In one notice; how many there are more is said. */
    static final int MOST_PARTS = 20;

    /** One line. */
    String title(NoticeEvent event, List<Happening> happened) {
        long count = happened.stream().mapToLong(Happening::count).sum();
        Happening one = happened.get(0);
        boolean single = happened.size() == 1;
        return switch (event) {
            case TIMER_DEAD ->
                count(count, "timer") + " died" + (single ? " " + place(one) : " in " + happened.size() + " places");
            case DESTINATION_GIVEN_UP ->
                single ? one.subject() + " is given up" : happened.size() + " destinations are given up";
            case DESTINATION_BACK -> single ? one.subject() + " is back" : happened.size() + " destinations are back";
            case PROMISE_BROKEN -> "Timers are late";
            case NODE_LOST -> single ? "Node " + one.subject() + " is lost" : happened.size() + " nodes are lost";
            case OPERATION_FAILED -> count(happened.size(), "operation") + " ended with failures";
            case TEST -> "A test of this channel";
        };
    }

    private static String count(long count, String what) {
        return count + " " + what + (count == 1 ? "" : "s");
    }

    private String place(Happening happened) {
        return happened.workflowId() == null
                ? "for " + happened.subject()
                : "in workflow " + names.getOrDefault(happened.workflowId(), happened.subject());
    }

    /** Some paragraphs. */
    String text(List<Happening> happened) {
        String parts = happened.stream().limit(MOST_PARTS).map(this::part).collect(Collectors.joining("\n"));
        int more = happened.size() - MOST_PARTS;
        return more > 0 ? parts + "\nand " + more + " more\n" : parts;
    }

    private String part(Happening happened) {
        StringBuilder part = new StringBuilder();
        if (happened.event() == NoticeEvent.TIMER_DEAD) {
            part.append(count(happened.count(), "timer"))
                    .append(' ')
                    .append(place(happened))
                    .append(", from ")
                    .append(Json.text(happened.firstAt()))
                    .append(" to ")
                    .append(Json.text(happened.lastAt()))
                    .append('\n');
        } else {
            part.append(happened.subject().isEmpty() ? "The cluster" : happened.subject())
                    .append(", at ")
                    .append(Json.text(happened.lastAt()))
                    .append('\n');
        }
        line(part, url(happened));
        for (Happening.Sample sample : happened.samples()) {
            part.append("- ").append(sample.text());
            if (happened.event() == NoticeEvent.TIMER_DEAD) {
                part.append(" (").append(sample.id()).append(')');
            }
            part.append('\n');
            if (happened.event() == NoticeEvent.TIMER_DEAD) {
                line(part, url(sample));
            }
        }
        return part.toString();
    }

    private static void line(StringBuilder text, @Nullable String line) {
        if (line != null) {
            text.append("  ").append(line).append('\n');
        }
    }

    /** Where the console shows it; null where that is not known. */
    @Nullable
    String url(Happening happened) {
        return switch (happened.event()) {
            case TIMER_DEAD -> page("failures");
            case DESTINATION_GIVEN_UP, DESTINATION_BACK ->
                page("destinations/" + URLEncoder.encode(happened.subject(), StandardCharsets.UTF_8));
            case OPERATION_FAILED -> page("operations/" + happened.subject());
            case PROMISE_BROKEN, NODE_LOST, TEST -> page("");
        };
    }

    /** Of a timer. */
    @Nullable
    String url(Happening.Sample sample) {
        return sample.id() == null ? null : page("timers/" + sample.id());
    }

    private @Nullable String page(String path) {
        return publicUrl == null ? null : publicUrl + "/" + path;
    }
}
