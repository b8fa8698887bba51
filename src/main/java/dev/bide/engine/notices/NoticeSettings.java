package dev.bide.engine.notices;

import dev.bide.workflow.notice.Channel;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What the configuration says of notices.
 *
 * @param channels by name; they win over those of the database
 * @param first how long after the first of its kind people are told
 * @param between how long they are left alone then
 * @param publicUrl where people reach the console, without a slash at its end; null where that is not known
 * @param mail null where no mail can be sent
 */
public record NoticeSettings(
        Map<String, Channel> channels,
        Duration first,
        Duration between,
        @Nullable String publicUrl,
        @Nullable MailSettings mail) {
    public static final NoticeSettings NONE =
            new NoticeSettings(Map.of(), Duration.ofMinutes(1), Duration.ofMinutes(15), null, null);

    public NoticeSettings {
        channels = Map.copyOf(channels);
    }
}
