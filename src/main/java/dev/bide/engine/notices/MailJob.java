package dev.bide.engine.notices;

import dev.bide.workflow.notice.Channel;
import dev.bide.workflow.notice.Notice;
import dev.bide.workflow.store.Database;
import jakarta.mail.Authenticator;
import jakarta.mail.MessagingException;
import jakarta.mail.PasswordAuthentication;
import jakarta.mail.SendFailedException;
import jakarta.mail.Session;
import jakarta.mail.internet.MimeMessage;
import jakarta.mail.internet.ParseException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.quartz.DisallowConcurrentExecution;
import org.quartz.JobDataMap;
import org.quartz.JobExecutionContext;
import org.quartz.JobExecutionException;
import org.quartz.jobs.ee.mail.SendMailJob;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.helpers.NOPLogger;

/**
 * Sends the mails that wait, one after the other. Each is claimed by a transaction of its own, sent while none is open, and marked as sent by another. What dies in between
 * leaves it claimed: it is sent again once the claim is over, under the same Message-ID, and so is what the server did not take.
 *
 * <p>Of Quartz's own job three things are other: what is sent, and by whom, comes from the notice and the configuration and never from the job's data, which stand in
 * the database in clear; the session is no default of the whole JVM, and ends waits; and a mail that could not be sent is tried again.
 */
@DisallowConcurrentExecution
public final class MailJob extends SendMailJob {
    private static final Logger LOG = LoggerFactory.getLogger(MailJob.class);

    /** In one turn; the next begins within seconds. */
    private static final int MOST_MAILS = 50;

    /** Longer than a server that takes each answer's time needs for one mail. */
    private static final Duration CLAIM = Duration.ofMinutes(2);

    private static final Duration FIRST_PAUSE = Duration.ofSeconds(10);
    private static final Duration LONGEST_PAUSE = Duration.ofMinutes(5);
    private static final int LONGEST_REASON = 300;

    private final Database database;
    private final KnownChannels channels;
    private final @Nullable MailSettings settings;

    /** The one being sent: each execution has an object of its own. */
    private @Nullable Notice notice;

    private List<String> to = List.of();

    public MailJob(Database database, KnownChannels channels, NoticeSettings settings) {
        this.database = database;
        this.channels = channels;
        this.settings = settings.mail();
    }

    @Override
    public void execute(JobExecutionContext context) {
        Set<String> failed = new HashSet<>();
        for (int i = 0; i < MOST_MAILS; i++) {
            Optional<Notice> next =
                    database.inTransaction(session -> session.notices().claimMail(CLAIM, failed));
            if (next.isEmpty()) {
                return;
            }
            Sent sent = send(context, next.get());
            if (sent == Sent.AWAY) {
                return;
            }
            if (sent == Sent.NOT) {
                failed.add(next.get().channel());
            }
        }
    }

    private enum Sent {
        DONE,
        /** Those of its channel wait for the next turn: they would fail alike, and hold up the others. */
        NOT,
        /** There is no server: so it is with all. */
        AWAY
    }

    private Sent send(JobExecutionContext context, Notice mail) {
        Optional<Channel> channel = database.inTransaction(session -> channels.find(session, mail.channel()));
        if (channel.isEmpty()) {
            // Another node's configuration may have it, while that is changed.
            failed(mail, "this node knows no channel of that name");
            return Sent.NOT;
        }
        if (channel.get().type() != Channel.Type.EMAIL) {
            LOG.info("Notice {} is not sent: channel {} is not for mails any more", mail.id(), mail.channel());
            database.inTransaction(session -> {
                session.notices().drop(mail.id());
                return mail;
            });
            return Sent.DONE;
        }
        if (settings == null) {
            failed(mail, "mail.host is not configured on the nodes with the role scheduler");
            return Sent.AWAY;
        }
        notice = mail;
        to = channel.get().to();
        try {
            super.execute(context);
        } catch (JobExecutionException | RuntimeException e) {
            Throwable fault = e.getCause() == null ? e : e.getCause();
            String why = reason(fault);
            if (fault instanceof SendFailedException part
                    && part.getValidSentAddresses() != null
                    && part.getValidSentAddresses().length > 0) {
                LOG.warn("Notice {} is not sent to all of channel {}: {}", mail.id(), mail.channel(), why);
                sent(mail, why);
                return Sent.DONE;
            }
            failed(mail, why);
            return isAway(fault) ? Sent.AWAY : Sent.NOT;
        }
        sent(mail, null);
        return Sent.DONE;
    }

    /** Else the server, or what makes a mail, has something against this one. */
    private static boolean isAway(Throwable fault) {
        return fault instanceof MessagingException
                && !(fault instanceof SendFailedException)
                && !(fault instanceof ParseException);
    }

    private void sent(Notice mail, @Nullable String error) {
        database.inTransaction(session -> {
            session.notices().sent(mail.id(), error);
            return mail;
        });
        LOG.info("Notice {} ({}) is sent to channel {}", mail.id(), mail.event(), mail.channel());
    }

    private void failed(Notice mail, String why) {
        Duration pause = pause(mail.attempts());
        LOG.warn(
                "Notice {} to channel {} could not be sent, and is tried again in {}: {}",
                mail.id(),
                mail.channel(),
                pause,
                why);
        database.inTransaction(session -> {
            session.notices().failed(mail.id(), pause, why);
            return mail;
        });
    }

    static Duration pause(int attempts) {
        Duration pause = FIRST_PAUSE.multipliedBy(1L << Math.min(attempts - 1, 10));
        return pause.compareTo(LONGEST_PAUSE) < 0 ? pause : LONGEST_PAUSE;
    }

    /** What the server said, or what kept us from it. */
    static String reason(Throwable fault) {
        StringBuilder all = new StringBuilder(String.valueOf(fault.getMessage()));
        Exception next = fault instanceof MessagingException first ? first.getNextException() : null;
        // Of each address that was refused one.
        while (next != null && all.length() <= LONGEST_REASON) {
            all.append("; ").append(next.getMessage());
            next = next instanceof MessagingException further ? further.getNextException() : null;
        }
        String reason = all.toString().strip().replaceAll("\\s+", " ");
        return reason.length() <= LONGEST_REASON ? reason : reason.substring(0, LONGEST_REASON) + "…";
    }

    /** Its own would name whom a mail is for. */
    @Override
    protected Logger getLog() {
        return NOPLogger.NOP_LOGGER;
    }

    /** @param data not looked at */
    @Override
    protected MailInfo populateMailInfo(JobDataMap data, MailInfo mail) {
        Notice sent = Objects.requireNonNull(notice, "a mail");
        MailSettings server = Objects.requireNonNull(settings, "a mail server");
        mail.setSmtpHost(server.host());
        mail.setFrom(server.from());
        mail.setTo(String.join(",", to));
        mail.setSubject("[Bide] " + sent.title());
        mail.setMessage(sent.text());
        return mail;
    }

    @Override
    protected Session getMailSession(MailInfo mail) {
        MailSettings server = Objects.requireNonNull(settings, "a mail server");
        String user = server.user();
        Authenticator authenticator = user == null
                ? null
                : new Authenticator() {
                    @Override
                    protected PasswordAuthentication getPasswordAuthentication() {
                        return new PasswordAuthentication(user, server.password());
                    }
                };
        return Session.getInstance(server.properties(), authenticator);
    }

    @Override
    protected MimeMessage prepareMimeMessage(MailInfo mail) throws MessagingException {
        MimeMessage plain = super.prepareMimeMessage(mail);
        plain.setSubject(mail.getSubject(), StandardCharsets.UTF_8.name());
        // Nobody's out-of-office answers it (RFC 3834).
        plain.setHeader("Auto-Submitted", "auto-generated");
        plain.saveChanges();
        Notice sent = Objects.requireNonNull(notice, "a mail");
        return new MimeMessage(plain) {
            @Override
            protected void updateMessageID() throws MessagingException {
                setHeader("Message-ID", "<" + sent.id() + "@bide>");
            }
        };
    }

    @Override
    protected void setMimeMessageContent(MimeMessage message, MailInfo mail) throws MessagingException {
        message.setText(mail.getMessage(), StandardCharsets.UTF_8.name());
    }
}
