package dev.bide.engine.notices;

import java.util.Locale;
import java.util.Properties;
import org.jspecify.annotations.Nullable;

/**
 * The server that takes our mails.
 *
 * @param user null where it asks for none
 * @param from who they are of
 */
public record MailSettings(
        String host,
        int port,
        Tls tls,
        @Nullable String user,
        @Nullable String password,
        String from) {
    private static final String CONNECT_MILLIS = "5000";
    private static final String SILENCE_MILLIS = "10000";

    /** How the connection is kept secret. */
    public enum Tls {
        /** By STARTTLS, or no mail is sent. */
        STARTTLS,
        /** From the first byte on. */
        IMPLICIT,
        NONE;

        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** Jakarta Mail's own waits are endless, and it does not look whose certificate it is unless it is told to. */
    Properties properties() {
        Properties properties = new Properties();
        properties.setProperty("mail.smtp.host", host);
        properties.setProperty("mail.smtp.port", Integer.toString(port));
        properties.setProperty("mail.smtp.connectiontimeout", CONNECT_MILLIS);
        properties.setProperty("mail.smtp.timeout", SILENCE_MILLIS);
        properties.setProperty("mail.smtp.writetimeout", SILENCE_MILLIS);
        // One address that is refused keeps it from no other.
        properties.setProperty("mail.smtp.sendpartial", "true");
        properties.setProperty("mail.smtp.auth", Boolean.toString(user != null));
        properties.setProperty("mail.smtp.starttls.enable", Boolean.toString(tls == Tls.STARTTLS));
        properties.setProperty("mail.smtp.starttls.required", Boolean.toString(tls == Tls.STARTTLS));
        properties.setProperty("mail.smtp.ssl.enable", Boolean.toString(tls == Tls.IMPLICIT));
        properties.setProperty("mail.smtp.ssl.checkserveridentity", "true");
        return properties;
    }

    /** Not its password. */
    @Override
    public String toString() {
        return "mail server " + host + ":" + port + " by " + tls;
    }
}
