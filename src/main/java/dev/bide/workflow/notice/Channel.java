package dev.bide.workflow.notice;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonValue;
import dev.bide.json.InvalidException;
import dev.bide.json.PlainText;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Where people are told of what happens.
 *
 * @param to addresses of mails
 * @param url that is called
 * @param chatId of Telegram
 * @param events all of them where it names none
 * @param workflowId only what is about this workflow; null for all
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record Channel(
        String name,
        Type type,
        List<String> to,
        @Nullable String url,
        @Nullable String chatId,
        List<NoticeEvent> events,
        @Nullable UUID workflowId) {
    public static final String NAME_RULE =
            "must be 1 to 64 small letters, digits, dots, dashes and underscores, the first a letter or digit";
    public static final int MOST_ADDRESSES = 20;

    private static final Pattern NAME = Pattern.compile("[a-z0-9][a-z0-9._-]{0,63}");

    private static final String WORD = "[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+";
    private static final String LABEL = "[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?";

    /** No names, no lists, no ways around: words before and behind the one @, with a dot between two of them. */
    private static final Pattern ADDRESS =
            Pattern.compile("(?=[^@]{1,64}@)" + WORD + "(?:\\." + WORD + ")*@" + LABEL + "(?:\\." + LABEL + ")*");

    private static final int LONGEST_ADDRESS = 254;
    private static final int LONGEST_CHAT = 100;

    public Channel {
        to = List.copyOf(to);
        events = List.copyOf(events);
        checkName(name);
        if (type == Type.EMAIL) {
            checkAddresses(to);
            none("url", url, type);
        } else {
            if (url == null) {
                throw new InvalidException("url", "is required");
            }
            if (!to.isEmpty()) {
                throw new InvalidException("to", "is for type email only");
            }
        }
        if (type == Type.TELEGRAM) {
            checkChat(chatId);
        } else {
            none("chatId", chatId, type);
        }
        if (events.contains(NoticeEvent.TEST)) {
            throw new InvalidException("events", "must not hold test: each channel can be tried");
        }
        if (workflowId != null && !events.isEmpty() && !events.contains(NoticeEvent.TIMER_DEAD)) {
            throw new InvalidException("workflowId", "needs timer.dead among the events: no other is about a workflow");
        }
    }

    public enum Type {
        EMAIL,
        /** CloudEvents, signed. */
        WEBHOOK,
        SLACK,
        TELEGRAM;

        private final String text = name().toLowerCase(Locale.ROOT);

        @Override
        @JsonValue
        public String toString() {
            return text;
        }
    }

    private static void checkName(String name) {
        if (!isName(name)) {
            throw new InvalidException("name", NAME_RULE);
        }
    }

    public static boolean isName(String name) {
        return NAME.matcher(name).matches();
    }

    private static void checkAddresses(List<String> to) {
        if (to.isEmpty() || to.size() > MOST_ADDRESSES) {
            throw new InvalidException("to", "must hold 1 to " + MOST_ADDRESSES + " addresses");
        }
        for (int i = 0; i < to.size(); i++) {
            String address = to.get(i);
            if (!isAddress(address)) {
                throw new InvalidException("to[" + i + "]", "must be an address such as ops@example.com");
            }
        }
    }

    /** Whether every mail server takes it. */
    public static boolean isAddress(String address) {
        return address.length() <= LONGEST_ADDRESS && ADDRESS.matcher(address).matches();
    }

    private static void checkChat(@Nullable String chat) {
        if (chat == null || chat.isBlank()) {
            throw new InvalidException("chatId", "is required");
        }
        if (chat.length() > LONGEST_CHAT || !PlainText.isPlain(chat)) {
            throw new InvalidException(
                    "chatId", "must have at most " + LONGEST_CHAT + " characters, none of them control characters");
        }
    }

    private static void none(String field, @Nullable String value, Type type) {
        if (value != null) {
            throw new InvalidException(field, "is not for type " + type);
        }
    }

    /** Whether it is told of {@code event}. */
    public boolean wants(NoticeEvent event, @Nullable UUID workflow) {
        return (events.isEmpty() || events.contains(event)) && (workflowId == null || workflowId.equals(workflow));
    }
}
