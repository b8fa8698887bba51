package dev.bide.engine;

import static dev.bide.engine.EngineNode.action;
import static dev.bide.engine.EngineNode.seconds;
import static dev.bide.engine.EngineNode.task;
import static dev.bide.engine.EngineNode.timer;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.icegreen.greenmail.util.GreenMail;
import com.icegreen.greenmail.util.ServerSetup;
import dev.bide.testing.PostgresExtension;
import dev.bide.testing.StubThirdParty;
import dev.bide.workflow.JsonText;
import dev.bide.workflow.RefusedException;
import dev.bide.workflow.RunDraft;
import dev.bide.workflow.TimerStatus;
import dev.bide.workflow.Workflow;
import dev.bide.workflow.WorkflowDraft;
import dev.bide.workflow.notice.Channel;
import dev.bide.workflow.notice.NoticeEvent;
import jakarta.mail.internet.MimeMessage;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What people are told, by a mail server and a third party that take it. */
class NoticesIT {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final List<NoticeEvent> DEATHS = List.of(NoticeEvent.TIMER_DEAD);
    private static final String SECRET = "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
    private static final Pattern LINK = Pattern.compile("https://bide\\.example\\.com/timers/([0-9a-f-]{36})");

    @RegisterExtension
    static final PostgresExtension POSTGRES = new PostgresExtension();

    @RegisterExtension
    final StubThirdParty thirdParty = new StubThirdParty();

    private final int mailPort = freePort();

    private final GreenMail mails = new GreenMail(new ServerSetup(mailPort, "127.0.0.1", ServerSetup.PROTOCOL_SMTP));

    /** Stores, fires, and looks only when it is told to. */
    private EngineNode node;

    /** One that it has again after it was stopped. */
    private static int freePort() {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @BeforeEach
    void start() throws Exception {
        POSTGRES.sql()
                .execute(
                        "TRUNCATE timer, timer_history, timer_dead, channel, notice, notice_edge, notice_group, notice_mark,"
                                + " destination_figures, node, node_figures, operation");
        mails.start();
        thirdParty.answer((path, attempt) -> path.startsWith("/wrong") ? 404 : 200);
        node = node("{\"first\": \"0s\", \"between\": \"1h\"}").worker().start();
    }

    @AfterEach
    void stop() {
        node.close();
        mails.stop();
    }

    private EngineNode.Builder node(String notices) throws Exception {
        return EngineNode.on(POSTGRES.dataSource())
                .delivery(", \"signingSecrets\": [\"whsec_" + SECRET + "\"]")
                .notices(
                        "{\"publicUrl\": \"https://bide.example.com/\", " + notices.substring(1),
                        "{\"host\": \"127.0.0.1\", \"port\": "
                                + mailPort
                                + ", \"tls\": \"none\", \"from\": \"bide@example.com\"}");
    }

    @Test
    void a_thousand_dead_timers_are_one_mail_and_one_signed_call_with_right_counts_and_samples_that_are_there()
            throws Exception {
        node.engine.channels().put(mail("ops", "ops@example.com", "duty@example.com"));
        node.engine.channels().put(webhook("hook", "/hook"));
        node.engine.notices().run();
        die(1_000);
        try (EngineNode scheduler =
                node("{\"first\": \"1s\", \"between\": \"1h\"}").scheduler().start()) {
            await().atMost(PATIENCE).until(() -> mails.getReceivedMessages().length == 2);
            await().atMost(PATIENCE).until(() -> thirdParty.callsOf("/hook").size() == 1);

            MimeMessage mail = mails.getReceivedMessages()[0];
            assertThat(mail.getSubject())
                    .isEqualTo(
                            "[Bide] 1000 timers died for " + thirdParty.url("").substring("http://".length()));
            assertThat(mail.getFrom()[0]).hasToString("bide@example.com");
            assertThat(mail.getHeader("To", ", ")).isEqualTo("ops@example.com, duty@example.com");
            String text = mail.getContent().toString();
            assertThat(text).contains("1000 timers for 127.0.0.1", "https://bide.example.com/failures");
            Matcher links = LINK.matcher(text);
            int samples = 0;
            while (links.find()) {
                samples++;
                assertThat(node.engine
                                .timers()
                                .get(UUID.fromString(links.group(1)))
                                .status())
                        .isEqualTo(TimerStatus.DEAD);
            }
            assertThat(samples).isEqualTo(5);

            StubThirdParty.Call call = thirdParty.callsOf("/hook").get(0);
            assertSigned(call);
            assertThat(call.headers()).containsEntry("Content-Type", "application/cloudevents+json");
            JsonNode event = new ObjectMapper().readTree(call.body());
            assertThat(event.get("specversion").asText()).isEqualTo("1.0");
            assertThat(event.get("type").asText()).isEqualTo("dev.bide.timer.dead");
            assertThat(event.get("source").asText()).isEqualTo("https://bide.example.com");
            assertThat(event.get("id").asText()).isNotBlank();
            assertThat(event.at("/data/count").asInt()).isEqualTo(1_000);
            assertThat(event.at("/data/happenings")).hasSize(1);
            assertThat(event.at("/data/happenings/0/samples")).hasSize(5);

            // What dies soon after is not told of before its time.
            die(10);
            await().atMost(PATIENCE).until(() -> POSTGRES.sql().number("SELECT sum(count) FROM notice_group") == 10);
            assertThat(POSTGRES.sql().number("SELECT extract(epoch FROM due_at - told_at)::bigint FROM notice_group"))
                    .isEqualTo(3_600);
            assertThat(thirdParty.callsOf("/hook")).hasSize(1);
        }
        assertThat(mails.getReceivedMessages()).hasSize(2);
        assertThat(POSTGRES.sql().number("SELECT count(*) FROM notice")).isEqualTo(2);
    }

    /** The first commits after the look that saw the second, though it died before it. */
    @Test
    void deaths_that_are_committed_out_of_order_are_counted_once_each() throws Exception {
        node.engine.channels().put(mail("ops", "ops@example.com"));
        node.engine.notices().run();
        try (var late = POSTGRES.dataSource().getConnection();
                var statement = late.createStatement()) {
            late.setAutoCommit(false);
            statement.execute(dead(3));
            POSTGRES.sql().execute(dead(1));
            node.engine.notices().run();
            assertThat(counted()).isEqualTo(1);
            node.engine.notices().run();
            late.commit();
        }
        node.engine.notices().run();
        node.engine.notices().run();
        assertThat(counted()).isEqualTo(4);
    }

    private static String dead(int count) {
        return "INSERT INTO timer_dead (id, finished_at, due_at, problem, lane, host, outcome, text)"
                + " SELECT gen_random_uuid(), now(), now(), 1, 5, 'a.example:443', 'failed', 'answer {{500}}' FROM generate_series(1, "
                + count + ")";
    }

    /** Told and not yet told. */
    private static long counted() {
        return POSTGRES.sql()
                .number("SELECT coalesce((SELECT sum(count) FROM notice_group), 0)"
                        + " + coalesce((SELECT sum(CAST(substring(title FROM '^[0-9]+') AS bigint)) FROM notice), 0)");
    }

    @Test
    void a_mail_that_the_server_does_not_take_is_sent_once_it_does() throws Exception {
        node.engine.channels().put(mail("ops", "ops@example.com"));
        mails.stop();
        try (EngineNode scheduler = node("{\"first\": \"0s\"}").scheduler().start()) {
            node.engine.channels().test("ops");
            await().atMost(PATIENCE)
                    .until(() -> node.engine.channels().get("ops").state().lastError() != null);
            assertThat(node.engine.channels().get("ops").state().waiting()).isEqualTo(1);
            mails.start();
            await().atMost(PATIENCE).until(() -> mails.getReceivedMessages().length > 0);
            await().atMost(PATIENCE)
                    .until(() -> node.engine.channels().get("ops").state().waiting() == 0);
        }
        assertThat(mails.getReceivedMessages()).hasSize(1);
        assertThat(mails.getReceivedMessages()[0].getMessageID()).matches("<[0-9a-f-]{36}@bide>");
        assertThat(node.engine.channels().get("ops").state().lastError()).isNull();
        assertThat(node.engine.channels().get("ops").state().lastNoticeAt()).isNotNull();
    }

    @Test
    void a_test_calls_the_channel_and_a_call_that_dies_is_said_and_told_to_nobody() throws Exception {
        node.engine.channels().put(webhook("hook", "/hook"));
        node.engine.channels().put(webhook("wrong", "/wrong"));
        node.engine
                .channels()
                .put(new Channel(
                        "chat", Channel.Type.SLACK, List.of(), thirdParty.url("/slack"), null, List.of(), null));
        node.engine
                .channels()
                .put(new Channel(
                        "bot", Channel.Type.TELEGRAM, List.of(), thirdParty.url("/bot"), "-100", List.of(), null));
        node.engine.notices().run();
        UUID timer = node.engine.channels().test("hook").timerId();
        node.engine.channels().test("chat");
        node.engine.channels().test("bot");
        await().atMost(PATIENCE).until(() -> node.engine.timers().get(timer).status() == TimerStatus.DELIVERED);
        await().atMost(PATIENCE)
                .until(() -> thirdParty.callsOf("/slack").size()
                                + thirdParty.callsOf("/bot").size()
                        == 2);
        assertThat(thirdParty.callsOf("/hook").get(0).body()).contains("\"type\":\"dev.bide.test\"");
        assertThat(thirdParty.callsOf("/slack").get(0).body()).startsWith("{\"text\":\"A test of this channel");
        assertThat(thirdParty.callsOf("/bot").get(0).body()).contains("\"chat_id\":\"-100\"");

        UUID wrong = node.engine.channels().test("wrong").timerId();
        await().atMost(PATIENCE).until(() -> node.engine.timers().get(wrong).status() == TimerStatus.DEAD);
        node.engine.notices().run();
        assertThat(node.engine.channels().get("wrong").state().lastError()).contains("404");
        assertThat(POSTGRES.sql().number("SELECT count(*) FROM notice_group")).isZero();
        assertThat(POSTGRES.sql().number("SELECT count(*) FROM notice WHERE event <> 'test'"))
                .isZero();
    }

    @Test
    void a_channel_gets_the_events_and_the_workflow_that_it_names() throws Exception {
        Workflow one = workflow("one");
        Workflow other = workflow("other");
        node.engine
                .channels()
                .put(new Channel(
                        "mine",
                        Channel.Type.WEBHOOK,
                        List.of(),
                        thirdParty.url("/mine"),
                        null,
                        List.of(NoticeEvent.TIMER_DEAD),
                        one.id()));
        node.engine
                .channels()
                .put(new Channel(
                        "none",
                        Channel.Type.WEBHOOK,
                        List.of(),
                        thirdParty.url("/none"),
                        null,
                        List.of(NoticeEvent.NODE_LOST),
                        null));
        node.engine.notices().run();
        for (Workflow workflow : List.of(one, one, other)) {
            node.engine
                    .runs()
                    .start(workflow.id(), new RunDraft(null, null, JsonText.EMPTY_OBJECT))
                    .join();
        }
        await().atMost(PATIENCE).until(() -> POSTGRES.sql().number("SELECT count(*) FROM timer_dead") == 3);
        node.engine.notices().run();
        await().atMost(PATIENCE).until(() -> thirdParty.callsOf("/mine").size() == 1);
        JsonNode data = new ObjectMapper()
                .readTree(thirdParty.callsOf("/mine").get(0).body())
                .get("data");
        assertThat(data.get("title").asText()).isEqualTo("2 timers died in workflow one");
        assertThat(data.at("/happenings/0/workflowId").asText())
                .isEqualTo(one.id().toString());
        assertThat(POSTGRES.sql().number("SELECT count(*) FROM notice")).isEqualTo(1);
    }

    @Test
    void without_channels_nothing_is_counted_and_a_first_channel_is_told_only_of_what_comes() throws Exception {
        node.engine.notices().run();
        die(3);
        node.engine.notices().run();
        assertThat(POSTGRES.sql().number("SELECT count(*) FROM notice_edge")).isZero();
        node.engine.channels().put(webhook("hook", "/hook"));
        node.engine.notices().run();
        node.engine.notices().run();
        assertThat(counted()).isZero();
        die(2);
        node.engine.notices().run();
        assertThat(counted()).isEqualTo(2);
        node.engine.channels().remove("hook");
        node.engine.notices().run();
        assertThat(POSTGRES.sql()
                        .number("SELECT (SELECT count(*) FROM notice_edge) + (SELECT count(*) FROM notice_group)"))
                .isZero();
    }

    @Test
    void a_channel_of_the_configuration_is_told_too_and_can_not_be_changed() throws Exception {
        try (EngineNode configured =
                node("{\"channels\": {\"fixed\": {\"type\": \"email\", \"to\": [\"a@example.com\"]}}}")
                        .start()) {
            assertThat(configured.engine.channels().get("fixed").readOnly()).isTrue();
            assertThatThrownBy(() -> configured.engine.channels().put(mail("fixed", "b@example.com")))
                    .isInstanceOf(RefusedException.class)
                    .hasMessageContaining("stands in the configuration");
            assertThatThrownBy(() -> configured.engine.channels().remove("fixed"))
                    .isInstanceOf(RefusedException.class);
        }
        assertThatThrownBy(() ->
                        node("{\"channels\": {\"x\": {\"type\": \"email\", \"url\": \"http://a\", \"to\": [\"a@b.example\"]}}}")
                                .start())
                .hasMessageContaining("notices.channels.x.url is not for type email");
    }

    @Test
    void a_destination_given_up_and_back_a_lost_node_late_timers_and_a_failed_operation_are_each_told_of_once() {
        node.engine
                .channels()
                .put(new Channel(
                        "all", Channel.Type.WEBHOOK, List.of(), thirdParty.url("/all"), null, List.of(), null));
        node.engine.notices().run();
        POSTGRES.sql()
                .execute(
                        "INSERT INTO destination_figures VALUES"
                                + " ('x', 'a.example', 443, now(), 10, 0, 0, 0, '{}', 0, 'closed', false, '{}'), ('y', 'a.example', 443, now(), 10, 0, 0, 0, '{}', 0, 'open', false, '{}')");
        POSTGRES.sql()
                .execute(
                        "INSERT INTO node VALUES ('gone', 'worker', 'v', now(), now() - interval '1 min', 0, 0, 0, 0, 0, 0, 0)");
        POSTGRES.sql().execute("INSERT INTO node_figures VALUES (now(), 'x', 0, 0, 0, 0, 100, 94, 0, 0, 0, '{}')");
        POSTGRES.sql()
                .execute(
                        "INSERT INTO operation (id, kind, request, status, matched, done, failed, created_at, updated_at, finished_at)"
                                + " VALUES (gen_random_uuid(), 'cancel', '{}', 'completed', 3, 1, 2, now(), now(), now())");
        node.engine.notices().run();
        node.engine.notices().run();
        assertThat(titles()).doesNotContain("lost");
        POSTGRES.sql().execute("UPDATE notice_mark SET since = now() - interval '20 s' WHERE event = 'node.lost'");
        node.engine.notices().run();
        node.engine.notices().run();
        assertThat(titles())
                .isEqualTo(
                        "1 operation ended with failures, Node gone is lost, Timers are late, a.example:443 is given up");
        POSTGRES.sql()
                .execute("UPDATE destination_figures SET breaker = 'closed', at = now() WHERE host = 'a.example'");
        node.engine.notices().run();
        node.engine.notices().run();
        assertThat(titles()).endsWith(", a.example:443 is back, a.example:443 is given up");
        assertThat(POSTGRES.sql().number("SELECT count(*) FROM notice")).isEqualTo(5);
    }

    @Test
    void what_third_parties_answered_is_told_as_it_is_and_fills_nothing() throws Exception {
        node.engine.channels().put(webhook("hook", "/hook"));
        node.engine.notices().run();
        POSTGRES.sql().execute(dead(1).replace("{{500}}", "{{#if x}} {{{id}}}"));
        node.engine.notices().run();
        await().atMost(PATIENCE).until(() -> thirdParty.callsOf("/hook").size() == 1);
        assertThat(new ObjectMapper()
                        .readTree(thirdParty.callsOf("/hook").get(0).body())
                        .at("/data/happenings/0/samples/0/text")
                        .asText())
                .isEqualTo("answer { {#if x}} { { {id}}}");
    }

    @Test
    void rows_of_a_newer_version_hold_up_no_others() throws Exception {
        node.engine.channels().put(mail("ops", "ops@example.com"));
        POSTGRES.sql()
                .execute("INSERT INTO channel VALUES ('newer', '{\"name\":\"newer\",\"type\":\"pigeon\"}', now())");
        POSTGRES.sql()
                .execute(
                        "INSERT INTO notice (id, channel, event, created_at, title, body, attempts, next_at)"
                                + " VALUES (gen_random_uuid(), 'ops', 'moon.full', now(), 't', 'b', 0, now() - interval '1 min'),"
                                + " (gen_random_uuid(), 'elsewhere', 'timer.dead', now(), 't', 'b', 0, now() - interval '1 min')");
        POSTGRES.sql()
                .execute("INSERT INTO notice_group VALUES ('moon.full', '', NULL, 1, now(), now(), '[]', now(), NULL)");
        node.engine.notices().run();
        POSTGRES.sql().execute(dead(2));
        try (EngineNode scheduler = node("{\"first\": \"0s\"}").scheduler().start()) {
            await().atMost(PATIENCE).until(() -> mails.getReceivedMessages().length == 1);
        }
        assertThat(mails.getReceivedMessages()[0].getSubject()).contains("2 timers died");
        assertThat(POSTGRES.sql().number("SELECT count(*) FROM notice WHERE next_at IS NOT NULL"))
                .isEqualTo(2);
        assertThat(POSTGRES.sql().number("SELECT count FROM notice_group WHERE event = 'moon.full'"))
                .isEqualTo(1);
    }

    private static String titles() {
        return POSTGRES.sql().text("SELECT string_agg(title, ', ' ORDER BY title COLLATE \"C\") FROM notice");
    }

    private static Channel mail(String name, String... to) {
        return new Channel(name, Channel.Type.EMAIL, List.of(to), null, null, DEATHS, null);
    }

    private Channel webhook(String name, String path) {
        return new Channel(name, Channel.Type.WEBHOOK, List.of(), thirdParty.url(path), null, DEATHS, null);
    }

    private Workflow workflow(String name) {
        return node.engine
                .workflows()
                .create(new WorkflowDraft(
                        name, null, null, List.of(task("t", seconds(0), action(thirdParty.url("/wrong"))))));
    }

    private void die(int count) {
        long before = POSTGRES.sql().number("SELECT count(*) FROM timer_dead");
        node.engine
                .timers()
                .createAll(IntStream.range(0, count)
                        .mapToObj(i -> Asked.of(timer(null, 0, thirdParty.url("/wrong"))))
                        .toList());
        await().atMost(PATIENCE)
                .until(() -> POSTGRES.sql().number("SELECT count(*) FROM timer_dead") == before + count);
    }

    /** As Standard Webhooks has it. */
    private static void assertSigned(StubThirdParty.Call call) throws Exception {
        Mac mac = Mac.getInstance("HmacSHA256");
        mac.init(new SecretKeySpec(Base64.getDecoder().decode(SECRET), "HmacSHA256"));
        String signed = header(call, "webhook-id") + "." + header(call, "webhook-timestamp") + "." + call.body();
        assertThat(header(call, "webhook-signature"))
                .isEqualTo("v1,"
                        + Base64.getEncoder().encodeToString(mac.doFinal(signed.getBytes(StandardCharsets.UTF_8))));
    }

    private static String header(StubThirdParty.Call call, String name) {
        return call.headers().entrySet().stream()
                .filter(header -> header.getKey().equalsIgnoreCase(name))
                .findFirst()
                .orElseThrow()
                .getValue();
    }
}
