package dev.bide.engine;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.bide.engine.notices.NoticeSettings;
import dev.bide.json.FieldErrors;
import dev.bide.json.FieldPath;
import dev.bide.json.Fields;
import dev.bide.json.InvalidException;
import dev.bide.workflow.notice.Channel;
import dev.bide.workflow.notice.ChannelReader;
import io.dropwizard.util.Duration;
import io.dropwizard.validation.MaxDuration;
import io.dropwizard.validation.MinDuration;
import jakarta.validation.constraints.NotNull;
import java.net.URI;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** The {@code notices} part of the configuration. */
public final class NoticesConfiguration {
    /** Where people reach this service, for links to the console. Default none: notices have no links. */
    @JsonProperty
    @Nullable
    String publicUrl;

    /** How long after the first of its kind people are told, so that what happens with it is told with it. Default 60s. */
    @JsonProperty
    @NotNull
    @MinDuration(value = 0, unit = TimeUnit.SECONDS)
    @MaxDuration(value = 1, unit = TimeUnit.HOURS)
    Duration first = Duration.seconds(60);

    /** How long people are left alone after they were told of one kind of event and one workflow, destination or node. Default 15min. */
    @JsonProperty
    @NotNull
    @MinDuration(value = 0, unit = TimeUnit.SECONDS)
    @MaxDuration(value = 7, unit = TimeUnit.DAYS)
    Duration between = Duration.minutes(15);

    /** Channels by name, as the API has them. Default none. They can't be changed by the API, and win over its own. The same on all nodes. */
    @JsonProperty
    @NotNull
    Map<String, ObjectNode> channels = Map.of();

    /** What was read, for the engine. */
    public static final class Settings {
        static final Settings NONE = new Settings(NoticeSettings.NONE);

        private final NoticeSettings settings;

        private Settings(NoticeSettings settings) {
            this.settings = settings;
        }

        NoticeSettings settings() {
            return settings;
        }
    }

    /**
     * @param mail how mails are sent
     * @throws InvalidException where a channel or the address is wrong, with the key
     */
    public Settings settings(MailConfiguration mail) {
        return new Settings(new NoticeSettings(
                read(), first.toJavaDuration(), between.toJavaDuration(), address(), mail.settings()));
    }

    private @Nullable String address() {
        if (publicUrl == null || publicUrl.isEmpty()) {
            return null;
        }
        try {
            URI uri = URI.create(publicUrl);
            if (("http".equals(uri.getScheme()) || "https".equals(uri.getScheme()))
                    && uri.getHost() != null
                    && uri.getRawQuery() == null
                    && uri.getRawFragment() == null) {
                return publicUrl.replaceAll("/+$", "");
            }
        } catch (IllegalArgumentException e) {
            // Said below.
        }
        throw new InvalidException("notices.publicUrl", "must be an address such as https://bide.example.com");
    }

    private Map<String, Channel> read() {
        Map<String, Channel> read = new LinkedHashMap<>();
        FieldErrors errors = FieldErrors.failing();
        channels.forEach((name, members) -> {
            FieldPath path = FieldPath.ROOT.field("notices").field("channels").field(name);
            if (!Channel.isName(name)) {
                throw new InvalidException(path.toString(), "is no name: it " + Channel.NAME_RULE);
            }
            if (members == null) {
                throw new InvalidException(
                        path.toString(), "must be a channel, such as {type: email, to: [ops@example.com]}");
            }
            Channel channel = ChannelReader.read(name, new Fields(members.deepCopy(), path, errors));
            if (channel != null) {
                read.put(name, channel);
            }
        });
        return read;
    }
}
