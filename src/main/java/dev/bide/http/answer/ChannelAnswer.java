package dev.bide.http.answer;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.bide.engine.Channels;
import dev.bide.workflow.notice.Channel;
import dev.bide.workflow.notice.Notice;
import dev.bide.workflow.notice.NoticeEvent;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A channel as the contract shows it.
 *
 * @param url whole for who may change it, else no more than its origin
 * @param waiting mails that are still to be sent
 * @param lastNoticeAt when the last one was sent, or handed to the timers
 * @param lastError why the newest notice did not arrive
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record ChannelAnswer(
        String name,
        Channel.Type type,
        @Nullable List<String> to,
        @Nullable String url,
        @Nullable String chatId,
        @Nullable List<NoticeEvent> events,
        @Nullable UUID workflowId,
        boolean readOnly,
        long waiting,
        @Nullable Instant lastNoticeAt,
        @Nullable String lastError) {

    /** What follows is often a secret. */
    private static final Pattern ORIGIN = Pattern.compile("([A-Za-z][A-Za-z0-9+.-]*://)(?:[^/?#]*@)?([^/?#@]*)");

    /** @param whole with the whole url, which who has it can write to */
    public static ChannelAnswer of(Channels.View view, boolean whole) {
        Channel channel = view.channel();
        return new ChannelAnswer(
                channel.name(),
                channel.type(),
                channel.to().isEmpty() ? null : channel.to(),
                whole ? channel.url() : origin(channel.url()),
                channel.chatId(),
                channel.events().isEmpty() ? null : channel.events(),
                channel.workflowId(),
                view.readOnly(),
                view.state().waiting(),
                view.state().lastNoticeAt(),
                view.state().lastError());
    }

    private static @Nullable String origin(@Nullable String url) {
        if (url == null) {
            return null;
        }
        Matcher origin = ORIGIN.matcher(url);
        return origin.lookingAt() ? origin.group(1) + origin.group(2) : null;
    }

    /**
     * What came of a test.
     *
     * @param timerId that makes the call; null where it is a mail
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Test(UUID id, String channel, @Nullable UUID timerId) {
        public static Test of(Notice notice) {
            return new Test(notice.id(), notice.channel(), notice.timerId());
        }
    }
}
