package dev.bide;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.icegreen.greenmail.util.GreenMail;
import com.icegreen.greenmail.util.ServerSetup;
import dev.bide.testing.Part;
import dev.bide.testing.PostgresExtension;
import jakarta.mail.internet.MimeMessage;
import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Nodes with the role scheduler, in processes of their own. */
@Tag("chaos")
class NoticesCrashIT {
    private static final Pattern UP = Pattern.compile("(Bide is up)");
    private static final Duration PATIENCE = Duration.ofMinutes(2);

    @RegisterExtension
    static final PostgresExtension POSTGRES = new PostgresExtension();

    @TempDir
    Path directory;

    @Test
    void a_mail_is_sent_once_or_twice_where_its_server_is_away_and_the_scheduler_is_killed() throws Exception {
        int port = freePort();
        POSTGRES.sql()
                .execute(
                        "INSERT INTO channel VALUES ('ops', '{\"name\":\"ops\",\"type\":\"email\",\"to\":[\"a@example.com\"],\"events\":[\"timer.dead\"]}', now())");
        try (Part first = scheduler(port)) {
            first.awaitLine(UP, PATIENCE);
            await().atMost(PATIENCE).until(() -> POSTGRES.sql().number("SELECT count(*) FROM notice_edge") == 1);
            POSTGRES.sql()
                    .execute(
                            "INSERT INTO timer_dead (id, finished_at, due_at, problem, lane, host, outcome, text)"
                                    + " SELECT gen_random_uuid(), now(), now(), 1, 5, 'a.example:443', 'failed', 'answer 500' FROM generate_series(1, 7)");
            await().atMost(PATIENCE)
                    .until(() -> POSTGRES.sql().number("SELECT count(*) FROM notice WHERE error IS NOT NULL") == 1);
            first.signal("KILL");
            assertThat(first.awaitEnd(PATIENCE)).isTrue();
        }
        GreenMail mails = new GreenMail(new ServerSetup(port, "127.0.0.1", ServerSetup.PROTOCOL_SMTP));
        mails.start();
        try (Part second = scheduler(port)) {
            await().atMost(PATIENCE)
                    .until(() -> POSTGRES.sql().number("SELECT count(*) FROM notice WHERE sent_at IS NOT NULL") == 1);
            MimeMessage[] received = mails.getReceivedMessages();
            assertThat(received.length).as(second.said()).isBetween(1, 2);
            assertThat(received[0].getSubject()).isEqualTo("[Bide] 7 timers died for a.example:443");
            assertThat(ids(received)).hasSize(1);
            assertThat(POSTGRES.sql().number("SELECT count(*) FROM notice")).isEqualTo(1);
        } finally {
            mails.stop();
        }
    }

    private static Set<String> ids(MimeMessage[] mails) throws Exception {
        Set<String> ids = new HashSet<>();
        for (MimeMessage mail : mails) {
            ids.add(mail.getMessageID());
        }
        return ids;
    }

    private Part scheduler(int mailPort) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                Part.java(),
                "-Xmx256m",
                "-Ddw.notices.first=0s",
                "-Ddw.database.maxConnections=12",
                "-Ddw.database.minConnections=0"));
        command.addAll(Arrays.asList(
                "-cp", System.getProperty("java.class.path"), "dev.bide.BideApplication", "server", "config.yml"));
        return Part.start(
                "the scheduler",
                Files.createTempFile(directory, "scheduler", ".log"),
                Map.of(
                        "DATABASE_URL", POSTGRES.jdbcUrl(),
                        "ROLES", "scheduler",
                        "HTTP_PORT", "0",
                        "ADMIN_PORT", "0",
                        "SMTP_HOST", "127.0.0.1",
                        "SMTP_PORT", Integer.toString(mailPort),
                        "SMTP_TLS", "none",
                        "MAIL_FROM", "bide@example.com"),
                command);
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }
}
