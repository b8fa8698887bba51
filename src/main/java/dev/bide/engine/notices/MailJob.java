package dev.bide.engine.notices;

import dev.bide.workflow.notice.Channel;
import dev.bide.workflow.notice.Notice;
import dev.bide.workflow.store.Database;
import jakarta.mail.Authenticator;
import jakarta.mail.MessagingException;
import jakarta.mail.PasswordAuthentication;
import jakarta.mail.Session;
import jakarta.mail.internet.MimeMessage;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
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

    /** Whom the server refuses three in a row, or who can't reach it, comes again later. */
    private static final int MOST_FAILURES = 3;

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
        int failures = 0;
        for (int i = 0; i < MOST_MAILS && failures < MOST_FAILURES; i++) {
            Optional<Notice> next =
                    database.inTransaction(session -> session.notices().claimMail(CLAIM));
            if (next.isEmpty()) {
                return;
            }
            failures += send(context, next.get()) ? 0 : 1;
        }
    }

    private boolean send(JobExecutionContext context, Notice mail) {
        Optional<Channel> channel = database.inTransaction(session -> channels.find(session, mail.channel()));
        if (channel.isEmpty() || channel.get().type() != Channel.Type.EMAIL) {
            LOG.info("Notice {} is not sent: there is no channel {} for mails any more", mail.id(), mail.channel());
            done(mail, false);
            return true;
        }
        if (settings == null) {
            return failed(mail, "mail.host is not configured on the nodes with the role scheduler");
        }
        notice = mail;
        to = channel.get().to();
        try {
            super.execute(context);
        } catch (JobExecutionException | RuntimeException e) {
            return failed(mail, reason(e));
        }
        done(mail, true);
        LOG.info("Notice {} ({}) is sent to channel {}", mail.id(), mail.event(), mail.channel());
        return true;
    }

    private void done(Notice mail, boolean sent) {
        database.inTransaction(session -> {
            if (sent) {
                session.notices().sent(mail.id());
            } else {
                session.notices().drop(mail.id());
            }
            return mail;
        });
    }

    private boolean failed(Notice mail, String why) {
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
        return false;
    }

    static Duration pause(int attempts) {
        Duration pause = FIRST_PAUSE.multipliedBy(1L << Math.min(attempts - 1, 10));
        return pause.compareTo(LONGEST_PAUSE) < 0 ? pause : LONGEST_PAUSE;
    }

    /** What the server said, or what kept us from it. */
    private static String reason(Exception fault) {
        Throwable cause = fault.getCause() == null ? fault : fault.getCause();
        String reason = String.valueOf(cause.getMessage()).strip().replaceAll("\\s+", " ");
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
