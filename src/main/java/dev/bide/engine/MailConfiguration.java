package dev.bide.engine;

import com.fasterxml.jackson.annotation.JsonProperty;
import dev.bide.engine.notices.MailSettings;
import dev.bide.json.InvalidException;
import dev.bide.workflow.notice.Channel;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotNull;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** The {@code mail} part of the configuration: the server that takes the mails of notices. */
public final class MailConfiguration {
    /** Default none: no mail is sent. */
    @JsonProperty
    @Nullable
    String host;

    /** Default 587. */
    @JsonProperty
    @Min(1)
    @Max(65_535)
    int port = 587;

    /** {@code starttls}, {@code implicit} or {@code none}. Default starttls: a server that does not offer it gets no mail. */
    @JsonProperty
    @NotNull
    String tls = "starttls";

    /** Default none: the server asks for none. */
    @JsonProperty
    @Nullable
    String user;

    /** Default none. */
    @JsonProperty
    @Nullable
    String password;

    /** Who the mails are of. Default {@code bide@localhost}. */
    @JsonProperty
    @NotNull
    String from = "bide@localhost";

    @Nullable
    MailSettings settings() {
        if (host == null || host.isBlank()) {
            return null;
        }
        MailSettings.Tls how = Arrays.stream(MailSettings.Tls.values())
                .filter(one -> one.toString().equals(tls))
                .findFirst()
                .orElseThrow(() -> new InvalidException("mail.tls", "must be starttls, implicit or none"));
        if (!Channel.isAddress(from)) {
            throw new InvalidException("mail.from", "must be an address such as bide@example.com");
        }
        boolean anonymous = user == null || user.isEmpty();
        if (!anonymous && password == null) {
            throw new InvalidException("mail.password", "is required where there is a user");
        }
        return new MailSettings(host.strip(), port, how, anonymous ? null : user, anonymous ? null : password, from);
    }
}
