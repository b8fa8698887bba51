package dev.bide.http.request;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.bide.delay.PeriodDelay;
import dev.bide.delay.PeriodUnit;
import dev.bide.http.body.Body;
import dev.bide.http.body.MemoryBudget;
import dev.bide.http.problem.RequestException;
import dev.bide.json.FieldError;
import dev.bide.json.Fields;
import dev.bide.json.InvalidException;
import dev.bide.json.JsonReader;
import dev.bide.json.MalformedException;
import dev.bide.json.Reading;
import dev.bide.workflow.RetryPolicy;
import dev.bide.workflow.RunDraft;
import dev.bide.workflow.TimerDraft;
import dev.bide.workflow.WorkflowDraft;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.List;
import java.util.UUID;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DraftsTest {
    private static final int INPUT_LIMIT = 1_000;
    private static final String DELAY = "\"delay\":{\"type\":\"period\",\"amount\":5,\"unit\":\"minutes\"}";
    private static final String ACTION = "\"action\":{\"url\":\"https://example.com/hook\"}";

    private static final int MOST_NODES = 1_000;

    private final JsonReader json = new JsonReader(MOST_NODES, Drafts.KEY);

    @Test
    void reads_a_timer_with_every_field() {
        TimerDraft draft = read("""
                {"key":"k-1","delay":{"type":"period","amount":5,"unit":"minutes"},"timezone":"Europe/Berlin","timeout":"PT3S",
                 "action":{"method":"put","url":"https://example.com/hook","headers":{"X-A":"1","X-B":""},"body":[1.50,{"a":null}]},
                 "retry":{"maxRetries":1,"initialBackoff":"PT2S","multiplier":1.5,"maxBackoff":"PT1M"}}""", Drafts::timer);

        assertThat(draft.key()).isEqualTo("k-1");
        assertThat(draft.delay()).isEqualTo(new PeriodDelay(5, PeriodUnit.MINUTES, null, null));
        assertThat(draft.timezone()).isEqualTo(ZoneId.of("Europe/Berlin"));
        assertThat(draft.timeout()).isEqualTo(Duration.ofSeconds(3));
        assertThat(draft.action().method()).isEqualTo("PUT");
        assertThat(draft.action().headers())
                .containsExactly(java.util.Map.entry("X-A", "1"), java.util.Map.entry("X-B", ""));
        assertThat(draft.action().body()).hasToString("[1.50,{\"a\":null}]");
        assertThat(draft.retry()).isEqualTo(new RetryPolicy(1, Duration.ofSeconds(2), 1.5, Duration.ofMinutes(1)));
    }

    @Test
    void keeps_the_key_of_what_is_refused_where_it_can_be_one() {
        List<FieldError> errors = List.of(new FieldError("nope", "is not a known field"));
        assertThat(Drafts.asked(new Reading<RunDraft>(null, errors, "a")).key()).isEqualTo("a");
        assertThat(Drafts.asked(new Reading<RunDraft>(null, errors, "\0")).key())
                .isNull();
    }

    @Test
    void leaves_out_what_is_optional() {
        TimerDraft draft = read("{" + DELAY + "," + ACTION + ",\"key\":null,\"retry\":null}", Drafts::timer);

        assertThat(draft.key()).isNull();
        assertThat(draft.action().method()).isEqualTo("POST");
        assertThat(draft.action().body()).isNull();
        assertThat(draft.retry()).isEqualTo(RetryPolicy.DEFAULT);
        assertThat(draft.timeout()).isEqualTo(Duration.ofSeconds(10));
    }

    @Test
    void takes_back_a_workflow_as_it_was_answered() {
        UUID task = UUID.randomUUID();
        WorkflowDraft draft = read(
                "{\"id\":\"x\",\"version\":3,\"createdAt\":\"x\",\"updatedAt\":\"x\",\"archivedAt\":null,\"name\":\"n\",\"tasks\":[{\"id\":\""
                        + task + "\",\"name\":\"t\"," + DELAY + "," + ACTION + "}]}",
                Drafts::changedWorkflow);

        assertThat(draft.tasks()).singleElement().satisfies(one -> assertThat(one.id())
                .isEqualTo(task));
    }

    @Test
    void a_new_workflow_has_no_ids() {
        assertThat(errors("{\"id\":\"x\",\"name\":\"n\"}", Drafts::newWorkflow))
                .containsExactly("id is not a known field");
        assertThat(errors(
                        "{\"name\":\"n\",\"tasks\":[{\"id\":\"x\",\"name\":\"t\"," + DELAY + "," + ACTION + "}]}",
                        Drafts::newWorkflow))
                .containsExactly("tasks[0].id is not a known field");
    }

    @Test
    void names_every_error_by_its_full_path() {
        assertThat(errors("""
                {"name":7,"timezone":"+02:00","tasks":[{"name":"a"},
                  {"name":"b","delay":{"type":"period","amount":-1,"unit":"days"},"timeout":"soon","retry":{"maxRetries":4,"x":1},
                   "action":{"url":5,"headers":{"X-Foo":1}}}, 3]}""", Drafts::newWorkflow))
                .containsExactly(
                        "name must be a string",
                        "timezone must be the name of a time zone, such as Europe/Berlin or UTC",
                        "tasks[0].delay is required",
                        "tasks[0].action is required",
                        "tasks[1].delay.amount must be from 0 to 3653 days",
                        "tasks[1].action.url must be a string",
                        "tasks[1].action.headers.X-Foo must be a string",
                        "tasks[1].retry.x is not a known field",
                        "tasks[1].timeout must be a duration such as PT10S",
                        "tasks[2] must be an object");
    }

    @Test
    void names_a_text_or_time_out_of_bounds_beside_the_others() {
        assertThat(errors(
                        "{\"name\":\" \",\"description\":\"" + "x".repeat(4_001)
                                + "\",\"tasks\":[{\"name\":\"\",\"timeout\":\"PT0S\"}]}",
                        Drafts::newWorkflow))
                .containsExactly(
                        "name must not be blank",
                        "description must have at most 4000 characters",
                        "tasks[0].name must not be blank",
                        "tasks[0].delay is required",
                        "tasks[0].action is required",
                        "tasks[0].timeout must be from PT0.001S to PT5M");
        assertThat(errors("{\"key\":\" \",\"timeout\":\"PT6M\"}", Drafts::timer))
                .containsExactly(
                        "key must not be blank",
                        "delay is required",
                        "action is required",
                        "timeout must be from PT0.001S to PT5M");
    }

    @Test
    void stops_counting_errors_where_nobody_reads_on() {
        assertThat(errors("{\"name\":\"n\",\"tasks\":[" + "1,".repeat(60) + "1]}", Drafts::newWorkflow))
                .hasSize(20);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{'input':[]}                | input must be a JSON object",
                "{'input':{'a':1,'a':2}}     | input.a is given twice",
                "{'key':'a','key':'a'}       | key is given twice",
                "{'input':{'a':1e999999999}} | input.a is a number out of range",
                "{'input':{'a':1e99999999999999}} | input.a is a number out of range",
                "{'input':{'a':'\\ud800'}}   | input.a must not hold half of a surrogate pair",
                "{'input':{'a\\udc00':1}}    | input must not hold half of a surrogate pair",
                "{'key':'a\\u0000'}          | key must not hold the character U+0000",
                "{'key':' '}                 | key must not be blank",
                "{'key':{}}                  | key must be a string",
                "{'Key':'a'}                 | Key is not a known field",
                "{'timezone':'GMT+2'}        | timezone must be the name of a time zone, such as Europe/Berlin or UTC",
            })
    void refuses_a_run(String body, String error) {
        assertThat(errors(body.replace('\'', '"'), DraftsTest::run)).containsExactly(error);
    }

    private static RunDraft run(Fields fields) {
        return Drafts.run(fields, INPUT_LIMIT);
    }

    @Test
    void bounds_the_input_of_a_run_in_bytes() {
        String most = "\u00fc".repeat((INPUT_LIMIT - 8) / 2);
        assertThat(read("{\"input\":{\"a\":\"" + most + "\"}}", DraftsTest::run))
                .isNotNull();
        assertThat(errors("{\"input\":{\"a\":\"" + most + "x\"}}", DraftsTest::run))
                .containsExactly("input must be at most 1000 bytes");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{}                                    | delay or dueAt is required",
                "{'dueAt':'tomorrow'}                  | dueAt must be an instant such as 2027-03-01T09:00:00Z, in the years 1 to 9999",
                "{'dueAt':1}                           | dueAt must be a string",
                "{'dueAt':'+10000-01-01T00:00:00Z'}    | dueAt must be an instant such as 2027-03-01T09:00:00Z, in the years 1 to 9999",
                "{'dueAt':'2027-01-01T00:00:00Z','delay':{'type':'period','amount':1,'unit':'days'}} | dueAt and delay exclude each other",
                "{'delay':5}                           | delay must be an object",
                "{'delay':{'type':'never'}}            | delay.type must be period, weekdays or date",
                "{'delay':{'type':'period','amount':1.5,'unit':'days'}}  | delay.amount must be a whole number",
                "{'delay':{'type':'period','amount':1e400,'unit':'days'}} | delay.amount must be from 0 to 3653 days",
                "{'delay':{'type':'period','amount':'1','unit':'days'}}  | delay.amount must be a whole number",
            })
    void refuses_a_new_time(String body, String error) {
        assertThat(errors(body.replace('\'', '"'), Drafts::reschedule)).containsExactly(error);
    }

    @Test
    void rounds_up_to_whole_milliseconds() {
        assertThat(read("{\"dueAt\":\"2027-01-01T02:00:00.0000001+02:00\"}", Drafts::reschedule)
                        .dueAt())
                .isEqualTo(Instant.parse("2027-01-01T00:00:00.001Z"));
    }

    @Test
    void keeps_the_digits_of_numbers() {
        String numbers = "[1e3,1.0,1E-7,-0.0,1234567890123456789012345678901234567890,1234567890123456789.50]";
        assertThat(read("{\"input\":{\"a\":" + numbers + "}}", DraftsTest::run)
                        .input()
                        .text())
                .isEqualTo("{\"a\":" + numbers + "}");
    }

    @Test
    void keeps_nul_in_input() {
        assertThat(read("{\"input\":{\"a\":\"\\u0000\"}}", DraftsTest::run)
                        .input()
                        .text())
                .isEqualTo("{\"a\":\"\\u0000\"}");
    }

    @Test
    void refuses_nesting_that_readers_further_on_would_choke_on() {
        String most = nested(98); // the body, its input, and these
        assertThat(read("{\"input\":{\"a\":" + most + "}}", DraftsTest::run)
                        .input()
                        .toString())
                .isEqualTo("{\"a\":" + most + "}");
        assertThat(errors("{\"input\":{\"a\":" + nested(99) + "}}", DraftsTest::run))
                .singleElement()
                .satisfies(error ->
                        assertThat(error).startsWith("input.a[0][0]").endsWith("is nested more than 100 levels deep"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "``               | The body is empty; it must be a JSON object",
                "`  `             | The body is empty; it must be a JSON object",
                "[]               | The body must be a JSON object",
                "null             | The body must be a JSON object",
                "7                | The body must be a JSON object",
                "{} {}            | There is something after the JSON object of the body",
                "{}}              | The body is not JSON: see line 1, column 3",
                "{'a'             | The body is not JSON: see line 1, column 5",
                "{a:1}            | The body is not JSON: see line 1, column 2",
                "{'a':NaN}        | The body is not JSON: see line 1, column 9",
                "{'a':01}         | The body is not JSON: see line 1, column 7",
                "{/**/}           | The body is not JSON: see line 1, column 2",
            })
    void refuses_what_is_no_json_object(String body, String detail) {
        assertThatThrownBy(() -> read(body.replace('\'', '"'), DraftsTest::run))
                .isInstanceOf(MalformedException.class)
                .hasMessage(detail);
    }

    @Test
    void refuses_what_is_too_deep_to_read() {
        assertThatThrownBy(() -> read("{\"a\":" + nested(20_000) + "}", DraftsTest::run))
                .isInstanceOf(MalformedException.class)
                .hasMessageNotContaining("Constraints");
    }

    @Test
    void names_the_field_of_what_is_too_deep_or_too_long() {
        assertThat(errors("{\"input\":{\"a\":" + nested(2_000) + "}}", DraftsTest::run))
                .singleElement()
                .asString()
                .endsWith("is nested more than 100 levels deep");
        assertThat(errors(
                        "{\"input\":{\"a\":" + "9".repeat(1_001) + ",\"b\":0." + "9".repeat(1_001) + "}}",
                        DraftsTest::run))
                .containsExactly("input.a is a number out of range", "input.b is a number out of range");
        assertThat(errors("{\"input\":{\"" + "n".repeat(50_001) + "\":1}}", DraftsTest::run))
                .containsExactly("input must not hold a name of more than 50000 characters");
    }

    @Test
    void bounds_the_values_of_a_body_while_it_reads() {
        String most = "{\"input\":{\"a\":[" + "{},".repeat(MOST_NODES / 4) + "0]}}";
        assertThat(read(
                                new JsonReader(MOST_NODES / 4 + 4, Drafts.KEY),
                                body(most),
                                fields -> Drafts.run(fields, 1_000_000))
                        .errors())
                .isEmpty();
        assertThat(errors("{\"input\":{\"a\":[" + "{},".repeat(MOST_NODES) + "0]},\"b\":1}", DraftsTest::run))
                .containsExactly(" must hold at most 1000 values");

        // No more of them are counted, and none once they are text.
        MemoryBudget budget = new MemoryBudget(MOST_NODES * 150L);
        Body large = new Body(
                ("{\"input\":[" + "0,".repeat(500_000) + "0]}").getBytes(StandardCharsets.UTF_8), budget.open());
        assertThat(read(json, large, DraftsTest::run).errors()).hasSize(1);
        assertThat(budget.taken()).isZero();
    }

    @Test
    void refuses_what_there_is_no_memory_for() {
        MemoryBudget budget = new MemoryBudget(10_000);
        String values = "{\"input\":[" + "0,".repeat(60) + "0]}";

        MemoryBudget.Share other = budget.open();
        other.take(5_000);
        assertThat(refusal(values, budget).problem().status()).isEqualTo(429);
        other.close();
        assertThat(refusal(values, budget)).isNull();
        assertThat(refusal(values.replace("0,", "0,0,"), budget).problem().status())
                .isEqualTo(413);
    }

    private RequestException refusal(String text, MemoryBudget budget) {
        try (MemoryBudget.Share memory = budget.open()) {
            return catchThrowableOfType(
                    RequestException.class,
                    () -> read(json, new Body(text.getBytes(StandardCharsets.UTF_8), memory), DraftsTest::run));
        }
    }

    @Test
    void counts_code_points() {
        String most = "\ud83d\ude00".repeat(200);
        assertThat(read("{\"key\":\"" + most + "\"}", DraftsTest::run).key()).isEqualTo(most);
        assertThat(errors("{\"key\":\"" + most + "a\"}", DraftsTest::run))
                .containsExactly("key must have at most 200 characters");
        assertThat(read("{\"name\":\"" + most + "\",\"description\":\"" + most.repeat(20) + "\"}", Drafts::newWorkflow)
                        .name())
                .isEqualTo(most);
        assertThat(errors(
                        "{\"name\":\"" + most + "a\",\"description\":\"" + most.repeat(20) + "a\"}",
                        Drafts::newWorkflow))
                .containsExactly(
                        "name must have at most 200 characters", "description must have at most 4000 characters");
    }

    @ParameterizedTest
    @CsvSource({"3.0,3", "3e0,3", "0.2E1,2", "0.0,0", "1000e-3,1"})
    void takes_a_whole_number_however_it_is_written(String number, int retries) {
        assertThat(read(
                                "{" + DELAY.replace("5", number) + "," + ACTION + ",\"retry\":{\"maxRetries\":" + number
                                        + "}}",
                                Drafts::timer)
                        .retry()
                        .maxRetries())
                .isEqualTo(retries);
    }

    @ParameterizedTest
    @CsvSource({
        "1.5,must be a whole number",
        "1e-400,must be a whole number",
        "1e400,is out of range",
        "-1e400,is out of range",
        "2147483648.0,is out of range",
    })
    void refuses_what_is_no_whole_number_or_beyond_all(String number, String rule) {
        assertThat(errors("{" + DELAY + "," + ACTION + ",\"retry\":{\"maxRetries\":" + number + "}}", Drafts::timer))
                .containsExactly("retry.maxRetries " + rule);
    }

    @ParameterizedTest
    @CsvSource({
        "P1Y,'must be a duration without years, such as P7D or PT10S'",
        "P1M,'must be a duration without months, such as P7D or PT10S'",
        "P1W,'must be a duration without weeks, such as P7D or PT10S'",
        "-PT-10S,'must be a duration without a sign, such as PT10S'",
        "-PT10S,'must be a duration without a sign, such as PT10S'",
        "PT-10S,'must be a duration without a sign, such as PT10S'",
        "+PT10S,'must be a duration without a sign, such as PT10S'",
        "PT,must be a duration such as PT10S",
        "P,must be a duration such as PT10S",
        "P1DT,must be a duration such as PT10S",
        "10,must be a duration such as PT10S",
        "PT10,must be a duration such as PT10S",
        "PT1.5M,must be a duration such as PT10S",
        "PT0.0000000001S,must be a duration such as PT10S",
        "PT99999999999999999999S,must be a duration such as PT10S",
    })
    void refuses_durations_by_what_is_wrong(String text, String rule) {
        assertThat(errors("{" + DELAY + "," + ACTION + ",\"timeout\":\"" + text + "\"}", Drafts::timer))
                .containsExactly("timeout " + rule);
    }

    @Test
    void refuses_instants_that_round_up_beyond_the_year9999() {
        assertThat(errors("{\"dueAt\":\"9999-12-31T23:59:59.9999Z\"}", Drafts::reschedule))
                .hasSize(1);
        assertThat(read("{\"dueAt\":\"9999-12-31T23:59:59.999Z\"}", Drafts::reschedule)
                        .dueAt())
                .isNotNull();
    }

    @Test
    void skips_a_byte_order_mark() {
        assertThat(read("\ufeff{\"key\":\"a\"}", DraftsTest::run).key()).isEqualTo("a");
    }

    private static String nested(int levels) {
        return "[".repeat(levels) + "]".repeat(levels);
    }

    private <T> T read(String body, Function<Fields, T> draft) {
        return read(json, body(body), draft).orRefuse();
    }

    private static <T> Reading<T> read(JsonReader reader, Body body, Function<Fields, T> draft) {
        return reader.object(body.bytes(), body.values(), draft);
    }

    private static Body body(String text) {
        return new Body(text.getBytes(StandardCharsets.UTF_8), new MemoryBudget(10_000_000).open());
    }

    private <T> List<String> errors(String body, Function<Fields, T> draft) {
        InvalidException refusal = catchThrowableOfType(InvalidException.class, () -> read(body, draft));
        assertThat(refusal).as("refusal of %s", body).isNotNull();
        return refusal.errors().stream()
                .map(error -> error.field() + " " + error.message())
                .toList();
    }
}
