package dev.bide.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.bide.testing.PostgresExtension;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Malformed, hostile and absurd requests: each gets a 4xx problem document that names the field, and nothing of it is stored. */
class BadInputIT {
    @RegisterExtension
    static final ApiExtension API = ApiExtension.api();

    private static final PostgresExtension POSTGRES = API.postgres();
    private static final TestServer SERVER = API.server();

    private static final String DELAY = "'delay':{'type':'period','amount':1,'unit':'days'}";
    private static final String ACTION = "'action':{'url':'http://127.0.0.1:9/x'}";
    /** As if made in the year 10889. */
    private static final String FAR = "ffffffff-ffff-7fff-bfff-ffffffffffff";

    private static final String MISSING = "01980000-0000-7000-8000-000000000000";
    private static final String LONG_NAME = "n".repeat(201);

    private static String workflow;
    private static String taskless;
    private static String archived;
    private static String task;
    private static String run;
    private static String timer;

    /** @param field the one that must be named; null where there is none to name */
    private record Case(String method, String path, byte[] body, int status, String field) {
        @Override
        public String toString() {
            String text = body == null ? "" : new String(body, StandardCharsets.UTF_8);
            return method + " " + path + " " + (text.length() > 120 ? text.substring(0, 120) + "…" : text);
        }
    }

    @BeforeAll
    static void thingsThatMustStayAsTheyAre() {
        String tasks = "'tasks':[{'name':'t'," + DELAY + "," + ACTION + "}]";
        JsonNode made =
                SERVER.post("/workflows", json("{'name':'w'," + tasks + "}")).json(201);
        workflow = made.path("id").textValue();
        task = made.path("tasks").path(0).path("id").textValue();
        taskless = SERVER.post("/workflows", json("{'name':'empty'}"))
                .json(201)
                .path("id")
                .textValue();
        archived = SERVER.post("/workflows", json("{'name':'old'," + tasks + "}"))
                .json(201)
                .path("id")
                .textValue();
        assertThat(SERVER.send("DELETE", "/workflows/" + archived, null).status())
                .isEqualTo(204);
        run = SERVER.post("/workflows/" + workflow + "/runs", json("{'key':'r'}"))
                .json(201)
                .path("id")
                .textValue();
        timer = SERVER.post("/timers", json("{'key':'t'," + DELAY + "," + ACTION + "}"))
                .json(201)
                .path("id")
                .textValue();
    }

    static Stream<Case> cases() {
        List<Case> cases = new ArrayList<>();
        for (String path : List.of(
                "/workflows",
                "/workflows/{workflow}/tasks",
                "/workflows/{workflow}/runs",
                "/timers",
                "/delays/preview")) {
            for (String body : List.of(
                    "",
                    " ",
                    "{",
                    "[]",
                    "'x'",
                    "1",
                    "null",
                    "{}{}",
                    "{'a':}",
                    "{'a':1,}",
                    "{'a':tru}",
                    "<a/>",
                    "a=b",
                    "\u0000")) {
                cases.add(new Case("POST", path, json(body).getBytes(StandardCharsets.UTF_8), 400, null));
            }
        }
        cases.add(new Case("POST", "/timers", new byte[] {'{', '"', (byte) 0xff, '"', ':', '1', '}'}, 400, null));
        cases.add(new Case(
                "POST", "/timers", new byte[] {'{', '"', (byte) 0xc0, (byte) 0x80, '"', ':', '1', '}'}, 400, null));
        cases.add(new Case(
                "POST", "/timers", ("{\"a\":" + "[".repeat(100_000)).getBytes(StandardCharsets.UTF_8), 400, null));
        cases.add(new Case(
                "POST", "/timers", ("{\"a\":" + "1".repeat(100_000) + "}").getBytes(StandardCharsets.UTF_8), 422, "a"));
        cases.add(new Case(
                "POST",
                "/timers",
                ("{\"" + "k".repeat(100_000) + "\":1}").getBytes(StandardCharsets.UTF_8),
                422,
                null));
        cases.add(new Case("POST", "/timers", " ".repeat(1_048_577).getBytes(StandardCharsets.UTF_8), 413, null));
        delays(cases);
        timers(cases);
        actions(cases);
        retries(cases);
        workflows(cases);
        tasks(cases);
        runs(cases);
        bulk(cases);
        reschedules(cases);
        previews(cases);
        changesToMany(cases);
        paths(cases);
        figures(cases);
        return cases.stream();
    }

    private static void delays(List<Case> cases) {
        Map<String, String> wrong = new java.util.LinkedHashMap<>();
        wrong.put("5", "delay");
        wrong.put("[]", "delay");
        wrong.put("'PT5M'", "delay");
        wrong.put("null", "delay");
        wrong.put("{}", "delay.type");
        wrong.put("{'type':5}", "delay.type");
        wrong.put("{'type':'cron','expression':'* * * * * ?'}", "delay.type");
        wrong.put("{'type':'period'}", "delay.amount");
        wrong.put("{'type':'period','amount':1}", "delay.unit");
        wrong.put("{'type':'period','amount':1,'unit':'months'}", "delay.unit");
        wrong.put("{'type':'period','amount':1,'unit':'DAYS'}", "delay.unit");
        wrong.put("{'type':'period','amount':1,'unit':5}", "delay.unit");
        wrong.put("{'type':'period','amount':-1,'unit':'days'}", "delay.amount");
        wrong.put("{'type':'period','amount':1.5,'unit':'days'}", "delay.amount");
        wrong.put("{'type':'period','amount':'1','unit':'days'}", "delay.amount");
        wrong.put("{'type':'period','amount':true,'unit':'days'}", "delay.amount");
        wrong.put("{'type':'period','amount':null,'unit':'days'}", "delay.amount");
        wrong.put("{'type':'period','amount':999999999999999999999,'unit':'days'}", "delay.amount");
        wrong.put("{'type':'period','amount':9223372036854775807,'unit':'weeks'}", "delay.amount");
        wrong.put("{'type':'period','amount':1e999999999,'unit':'days'}", "delay.amount");
        wrong.put("{'type':'period','amount':4000,'unit':'days'}", "delay.amount");
        wrong.put("{'type':'period','amount':1,'unit':'hours','at':'09:00'}", "delay.at");
        wrong.put("{'type':'period','amount':0,'unit':'days','at':'09:00'}", "delay.amount");
        wrong.put("{'type':'period','amount':1,'unit':'days','at':'25:00'}", "delay.at");
        wrong.put("{'type':'period','amount':1,'unit':'days','at':'9:00'}", "delay.at");
        wrong.put("{'type':'period','amount':1,'unit':'days','days':['MONDAY']}", "delay.days");
        wrong.put("{'type':'period','amount':1,'unit':'days','timezone':'Mars/Olympus'}", "delay.timezone");
        wrong.put("{'type':'period','amount':1,'unit':'days','timezone':'+02:00'}", "delay.timezone");
        wrong.put("{'type':'period','amount':1,'amount':2,'unit':'days'}", "delay.amount");
        wrong.put("{'type':'weekdays'}", "delay.days");
        wrong.put("{'type':'weekdays','days':[]}", "delay.days");
        wrong.put("{'type':'weekdays','days':'MONDAY'}", "delay.days");
        wrong.put("{'type':'weekdays','days':['Monday']}", "delay.days");
        wrong.put("{'type':'weekdays','days':[1]}", "delay.days");
        wrong.put("{'type':'weekdays','days':['MONDAY','MONDAY']}", "delay.days");
        wrong.put("{'type':'date'}", "delay.date");
        wrong.put("{'type':'date','date':'2027-02-30'}", "delay.date");
        wrong.put("{'type':'date','date':'01.03.2027'}", "delay.date");
        wrong.put("{'type':'date','date':'--02-30'}", "delay.date");
        wrong.put("{'type':'date','date':'2099-01-01'}", "delay.date");
        wrong.put("{'type':'date','date':'+999999999-01-01'}", "delay.date");
        wrong.put("{'type':'date','date':'2020-01-01','ifPast':'reject'}", "delay.date");
        wrong.put("{'type':'date','date':'2020-01-01','ifPast':'skip'}", "delay.date");
        wrong.put("{'type':'date','date':'2027-01-01','ifPast':'explode'}", "delay.ifPast");
        wrong.put("{'type':'date','date':'2027-01-01\\u0000'}", "delay.date");
        wrong.forEach(
                (delay, field) -> invalid(cases, "POST", "/timers", "{'delay':" + delay + "," + ACTION + "}", field));
    }

    private static void timers(List<Case> cases) {
        invalid(cases, "POST", "/timers", "{}", "delay");
        invalid(cases, "POST", "/timers", "{" + DELAY + "}", "action");
        timer(cases, "'key':5", "key");
        timer(cases, "'key':''", "key");
        timer(cases, "'key':'  '", "key");
        timer(cases, "'key':'" + LONG_NAME + "'", "key");
        timer(cases, "'key':'a\\u0000b'", "key");
        timer(cases, "'key':'a\\nb'", "key");
        timer(cases, "'key':'a\\ud800'", "key");
        timer(cases, "'key':['a']", "key");
        timer(cases, "'key':'a','key':'b'", "key");
        timer(cases, "'id':'" + MISSING + "'", "id");
        timer(cases, "'status':'delivered'", "status");
        timer(cases, "'__proto__':{}", "__proto__");
        timer(cases, "'':1", "");
        timer(cases, "'\\u0000':1", "\ufffd");
        timer(cases, "'timezone':'Europe/Nowhere'", "timezone");
        timer(cases, "'timezone':'europe/berlin'", "timezone");
        timer(cases, "'timezone':'GMT+2'", "timezone");
        timer(cases, "'timezone':2", "timezone");
        timer(cases, "'timeout':10", "timeout");
        timer(cases, "'timeout':'10s'", "timeout");
        timer(cases, "'timeout':'PT0S'", "timeout");
        timer(cases, "'timeout':'-PT1S'", "timeout");
        timer(cases, "'timeout':'PT6M'", "timeout");
        timer(cases, "'timeout':'PT9999999999999999999S'", "timeout");
    }

    private static void actions(List<Case> cases) {
        action(cases, "5", "action");
        action(cases, "'http://example.com'", "action");
        action(cases, "{}", "action.url");
        action(cases, "{'url':null}", "action.url");
        action(cases, "{'url':7}", "action.url");
        for (String url : List.of(
                "",
                "example.com",
                "/relative",
                "ftp://example.com",
                "file:///etc/passwd",
                "javascript:alert(1)",
                "http://",
                "http:///x",
                "http://user:password@example.com/",
                "http://exa mple.com/",
                "http://example.com/\\u0000",
                "http://example.com/\\r\\nX: y",
                "http://example.com:99999/",
                "http://169.254.169.254/latest/meta-data",
                "http://10.0.0.1/",
                "http://192.168.1.1/",
                "http://0.0.0.0/",
                "http://[::1]/",
                "http://[::ffff:10.0.0.1]/",
                "http://2130706433/",
                "http://0x7f000001/",
                "http://0177.0.0.1/",
                "http://10.1/",
                "http://example.com/" + "x".repeat(3_000))) {
            action(cases, "{'url':'" + url + "'}", "action.url");
        }
        action(cases, "{'url':'http://127.0.0.1/','method':'BREW'}", "action.method");
        action(cases, "{'url':'http://127.0.0.1/','method':'CONNECT'}", "action.method");
        action(cases, "{'url':'http://127.0.0.1/','method':'GET\\r\\nX: y'}", "action.method");
        action(cases, "{'url':'http://127.0.0.1/','method':5}", "action.method");
        action(cases, "{'url':'http://127.0.0.1/','verb':'GET'}", "action.verb");
        action(cases, "{'url':'http://127.0.0.1/','method':'GET','body':{}}", "action.body");
        action(cases, "{'url':'http://127.0.0.1/','body':'" + "x".repeat(70_000) + "'}", "action.body");
        action(cases, "{'url':'http://127.0.0.1/','body':{'a':'\\ud800'}}", "action.body.a");
        action(cases, "{'url':'http://127.0.0.1/','body':{'a':1e999999999}}", "action.body.a");
        action(cases, "{'url':'http://127.0.0.1/','body':{'a':1,'a':1}}", "action.body.a");
        action(cases, "{'url':'http://127.0.0.1/','headers':[]}", "action.headers");
        action(cases, "{'url':'http://127.0.0.1/','headers':{'X':1}}", "action.headers.X");
        action(cases, "{'url':'http://127.0.0.1/','headers':{'X':null}}", "action.headers.X");
        action(cases, "{'url':'http://127.0.0.1/','headers':{'X':'a\\r\\nY: b'}}", "action.headers.X");
        action(cases, "{'url':'http://127.0.0.1/','headers':{'X':'a\\u0000'}}", "action.headers.X");
        action(cases, "{'url':'http://127.0.0.1/','headers':{'X Y':'a'}}", "action.headers.X Y");
        action(cases, "{'url':'http://127.0.0.1/','headers':{'Host':'a'}}", "action.headers.Host");
        action(
                cases,
                "{'url':'http://127.0.0.1/','headers':{'Transfer-Encoding':'chunked'}}",
                "action.headers.Transfer-Encoding");
        action(cases, "{'url':'http://127.0.0.1/','headers':{'Connection':'close'}}", "action.headers.Connection");
        action(cases, "{'url':'http://127.0.0.1/','headers':{'Content-Length':'1'}}", "action.headers.Content-Length");
        action(
                cases,
                "{'url':'http://127.0.0.1/','headers':{'Idempotency-Key':'1'}}",
                "action.headers.Idempotency-Key");
        action(cases, "{'url':'http://127.0.0.1/','headers':{'X':'1','x':'2'}}", "action.headers.x");
        action(cases, "{'url':'http://127.0.0.1/','headers':{'X':'" + "x".repeat(9_000) + "'}}", "action.headers");
    }

    private static void retries(List<Case> cases) {
        timer(cases, "'retry':3", "retry");
        timer(cases, "'retry':{'retries':3}", "retry.retries");
        timer(cases, "'retry':{'maxRetries':4}", "retry.maxRetries");
        timer(cases, "'retry':{'maxRetries':-1}", "retry.maxRetries");
        timer(cases, "'retry':{'maxRetries':1.5}", "retry.maxRetries");
        timer(cases, "'retry':{'maxRetries':'1'}", "retry.maxRetries");
        timer(cases, "'retry':{'maxRetries':99999999999}", "retry.maxRetries");
        timer(cases, "'retry':{'initialBackoff':'soon'}", "retry.initialBackoff");
        timer(cases, "'retry':{'initialBackoff':'-PT1S'}", "retry.initialBackoff");
        timer(cases, "'retry':{'multiplier':0.5}", "retry.multiplier");
        timer(cases, "'retry':{'multiplier':1e300}", "retry.multiplier");
        timer(cases, "'retry':{'multiplier':'2'}", "retry.multiplier");
        timer(cases, "'retry':{'maxBackoff':'P2D'}", "retry.maxBackoff");
        timer(cases, "'retry':{'initialBackoff':'PT1M','maxBackoff':'PT1S'}", "retry.maxBackoff");
    }

    private static void workflows(List<Case> cases) {
        String put = "/workflows/{workflow}";
        invalid(cases, "POST", "/workflows", "{}", "name");
        invalid(cases, "POST", "/workflows", "{'name':null}", "name");
        invalid(cases, "POST", "/workflows", "{'name':''}", "name");
        invalid(cases, "POST", "/workflows", "{'name':5}", "name");
        invalid(cases, "POST", "/workflows", "{'name':'" + LONG_NAME + "'}", "name");
        invalid(cases, "POST", "/workflows", "{'name':'a\\u0000'}", "name");
        invalid(cases, "POST", "/workflows", "{'name':'a\\u001b[31m'}", "name");
        invalid(cases, "POST", "/workflows", "{'name':'\\udc00'}", "name");
        invalid(cases, "POST", "/workflows", "{'name':'n','description':'\\u0000'}", "description");
        invalid(cases, "POST", "/workflows", "{'name':'n','description':'" + "d".repeat(4_001) + "'}", "description");
        invalid(cases, "POST", "/workflows", "{'name':'n','timezone':'Z'}", "timezone");
        invalid(cases, "POST", "/workflows", "{'name':'n','version':1}", "version");
        invalid(cases, "POST", "/workflows", "{'name':'n','tasks':{}}", "tasks");
        invalid(cases, "POST", "/workflows", "{'name':'n','tasks':[null]}", "tasks[0]");
        invalid(
                cases,
                "POST",
                "/workflows",
                "{'name':'n','tasks':[{'name':'t'," + DELAY + "," + ACTION + ",'id':'" + MISSING + "'}]}",
                "tasks[0].id");
        invalid(
                cases,
                "POST",
                "/workflows",
                "{'name':'n','tasks':[{'name':'t'," + DELAY + "," + ACTION + "},{'name':'u'," + DELAY
                        + ",'action':{'url':'ftp://x'}}]}",
                "tasks[1].action.url");
        invalid(
                cases,
                "POST",
                "/workflows",
                "{'name':'n','tasks':[{'name':'t'," + DELAY + "," + ACTION
                        + "},{'name':'u','delay':{'type':'period','amount':'x','unit':'days'}," + ACTION + "}]}",
                "tasks[1].delay.amount");
        invalid(cases, "POST", "/workflows", "{'name':'n','tasks':[" + "{},".repeat(100) + "{}]}", "tasks");
        invalid(cases, "PUT", put, "{}", "name");
        invalid(
                cases,
                "PUT",
                put,
                "{'name':'n','tasks':[{'name':'t'," + DELAY + "," + ACTION + ",'id':'x'}]}",
                "tasks[0].id");
        invalid(
                cases,
                "PUT",
                put,
                "{'name':'n','tasks':[{'name':'t'," + DELAY + "," + ACTION + ",'id':'" + MISSING + "'}]}",
                "tasks[0].id");
        invalid(
                cases,
                "PUT",
                put,
                "{'name':'n','tasks':[{'name':'t'," + DELAY + "," + ACTION + ",'id':'{task}'},{'name':'t'," + DELAY
                        + "," + ACTION + ",'id':'{task}'}]}",
                "tasks[1].id");
        cases.add(body("PUT", "/workflows/{archived}", "{'name':'n'}", 409, null));
        cases.add(body("PUT", put + "?applyTo=all", "{'name':'n'}", 400, "applyTo"));
        cases.add(body("PUT", "/workflows/" + MISSING, "{'name':'n'}", 404, null));
        cases.add(new Case("DELETE", "/workflows/" + MISSING, null, 404, null));
    }

    private static void tasks(List<Case> cases) {
        String tasks = "/workflows/{workflow}/tasks";
        String good = "'name':'t'," + DELAY + "," + ACTION;
        invalid(cases, "POST", tasks, "{}", "name");
        invalid(cases, "POST", tasks, "{'name':'t'," + ACTION + "}", "delay");
        invalid(cases, "POST", tasks, "{" + good + ",'position':-1}", "position");
        invalid(cases, "POST", tasks, "{" + good + ",'position':9}", "position");
        invalid(cases, "POST", tasks, "{" + good + ",'position':'first'}", "position");
        invalid(cases, "POST", tasks, "{" + good + ",'id':'{task}'}", "id");
        invalid(cases, "PUT", tasks + "/{task}", "{'name':'t'}", "delay");
        invalid(cases, "PUT", tasks + "/{task}", "{" + good + ",'position':1}", "position");
        cases.add(body("PUT", tasks + "/" + MISSING, "{" + good + "}", 404, null));
        cases.add(body("PUT", tasks + "/x", "{" + good + "}", 404, null));
        cases.add(body("POST", "/workflows/" + MISSING + "/tasks", "{" + good + "}", 404, null));
        cases.add(body("POST", "/workflows/{archived}/tasks", "{" + good + "}", 409, null));
        cases.add(new Case("DELETE", tasks + "/" + MISSING, null, 404, null));
    }

    private static void runs(List<Case> cases) {
        String runs = "/workflows/{workflow}/runs";
        invalid(cases, "POST", runs, "{'input':[]}", "input");
        invalid(cases, "POST", runs, "{'input':'x'}", "input");
        invalid(cases, "POST", runs, "{'key':''}", "key");
        invalid(cases, "POST", runs, "{'key':'" + LONG_NAME + "'}", "key");
        invalid(cases, "POST", runs, "{'key':'a\\u0000'}", "key");
        invalid(cases, "POST", runs, "{'timezone':'Nowhere'}", "timezone");
        invalid(cases, "POST", runs, "{'workflowId':'x'}", "workflowId");
        invalid(cases, "POST", runs, "{'input':{'a':'\\udfff'}}", "input.a");
        invalid(cases, "POST", runs, "{'input':{'a':-1e99999999999}}", "input.a");
        invalid(cases, "POST", runs, "{'input':{'a':{'b':1,'b':2}}}", "input.a.b");
        cases.add(body("POST", "/workflows/{taskless}/runs", "{}", 409, null));
        cases.add(body("POST", "/workflows/{archived}/runs", "{}", 409, null));
        cases.add(body("POST", "/workflows/" + MISSING + "/runs", "{}", 404, null));
        cases.add(body("POST", "/workflows/x/runs", "{}", 404, null));
    }

    private static final int INPUT = 256 * 1024;

    @Test
    void the_input_of_a_run_is_bounded() {
        String most = "{\"input\":{\"a\":\"" + "x".repeat(INPUT - 8) + "\"}}";
        String more = most.replace("\"}}", "x\"}}");

        SERVER.post(filled("/workflows/{workflow}/runs"), most).json(201);
        assertThat(SERVER.post(filled("/workflows/{workflow}/runs"), more).fields(422))
                .containsExactly("input");
        assertThat(SERVER.post(filled("/workflows/{workflow}/runs/bulk"), "{\"runs\":[" + more + "," + most + "]}")
                        .json(200)
                        .path("accepted")
                        .intValue())
                .isEqualTo(1);
    }

    private static void bulk(List<Case> cases) {
        for (String list : List.of("timers", "runs")) {
            String path = list.equals("timers") ? "/timers/bulk" : "/workflows/{workflow}/runs/bulk";
            invalid(cases, "POST", path, "{}", list);
            invalid(cases, "POST", path, "{'" + list + "':null}", list);
            invalid(cases, "POST", path, "{'" + list + "':{}}", list);
            invalid(cases, "POST", path, "{'items':[]}", "items");
            invalid(cases, "POST", path, "{'" + list + "':[{},{}],'" + list + "':[]}", list);
            invalid(cases, "POST", path, "{'" + list + "':[" + "{},".repeat(10_000) + "{}]}", list);
            cases.add(body("POST", path, "[]", 400, null));
            cases.add(body("POST", path, "{'" + list + "':[{},{}", 400, null));
        }
        cases.add(body("POST", "/timers/bulk", "{'timers':[{" + DELAY + "," + ACTION + "}]} x", 400, null));
        cases.add(body("POST", "/workflows/" + MISSING + "/runs/bulk", "{'runs':[{}]}", 404, null));
    }

    private static void reschedules(List<Case> cases) {
        invalid(cases, "PATCH", "/timers/{timer}", "{}", "delay");
        invalid(cases, "PATCH", "/timers/{timer}", "{'dueAt':'soon'}", "dueAt");
        invalid(cases, "PATCH", "/timers/{timer}", "{'dueAt':1700000000}", "dueAt");
        invalid(cases, "PATCH", "/timers/{timer}", "{'dueAt':'2027-01-01'}", "dueAt");
        invalid(cases, "PATCH", "/timers/{timer}", "{'dueAt':'2027-01-01T00:00:00'}", "dueAt");
        invalid(cases, "PATCH", "/timers/{timer}", "{'dueAt':'2099-01-01T00:00:00Z'}", "dueAt");
        invalid(cases, "PATCH", "/timers/{timer}", "{'dueAt':'+999999999-12-31T23:59:59Z'}", "dueAt");
        invalid(cases, "PATCH", "/timers/{timer}", "{'dueAt':'2027-01-01T00:00:00Z'," + DELAY + "}", "dueAt");
        invalid(
                cases,
                "PATCH",
                "/timers/{timer}",
                "{'delay':{'type':'period','amount':-1,'unit':'days'}}",
                "delay.amount");
        invalid(cases, "PATCH", "/timers/{timer}", "{'delay':{'type':'date','date':'2099-01-01'}}", "delay.date");
        invalid(cases, "PATCH", "/timers/{timer}", "{'status':'cancelled'}", "status");
        cases.add(body("PATCH", "/timers/" + MISSING, "{" + DELAY + "}", 404, null));
        cases.add(body("PATCH", "/timers/x", "{" + DELAY + "}", 404, null));
    }

    private static void limitsAndReasons(List<Case> cases, String path, String more) {
        for (String limit : List.of("0", "-1", "10000001", "1.5", "'10'", "1e30")) {
            invalid(cases, "POST", path, "{'filter':{},'limit':" + limit + more + "}", "limit");
        }
        for (String reason : List.of("''", "'  '", "7", "'" + "r".repeat(501) + "'", "'\\u0007'", "'\\u0000'")) {
            invalid(cases, "POST", path, "{'filter':{},'reason':" + reason + more + "}", "reason");
        }
    }

    private static void changesToMany(List<Case> cases) {
        for (String change : List.of("cancel", "pause", "resume", "redrive", "reschedule", "fire")) {
            String path = "/timers/" + change;
            String more = change.equals("reschedule") ? "," + DELAY : "";
            cases.add(body("POST", path, "[]", 400, null));
            invalid(cases, "POST", path, "{'dryRun':false" + more + "}", "filter");
            invalid(cases, "POST", path, "{'filter':null" + more + "}", "filter");
            invalid(cases, "POST", path, "{'filter':[]" + more + "}", "filter");
            invalid(cases, "POST", path, "{'filter':{'state':'dead'}" + more + "}", "filter.state");
            invalid(cases, "POST", path, "{'filter':{'status':'asleep'}" + more + "}", "filter.status");
            invalid(cases, "POST", path, "{'filter':{'runId':'x'}" + more + "}", "filter.runId");
            invalid(
                    cases,
                    "POST",
                    path,
                    "{'filter':{'dueFrom':'+999999999-01-01T00:00:00Z'}" + more + "}",
                    "filter.dueFrom");
            invalid(
                    cases,
                    "POST",
                    path,
                    "{'filter':{'dueFrom':'2027-01-02T00:00:00Z','dueTo':'2027-01-01T00:00:00Z'}" + more + "}",
                    "filter.dueTo");
            invalid(cases, "POST", path, "{'filter':{},'dryRun':'yes'" + more + "}", "dryRun");
            String ofOne = "{'filter':{'key':'k','workflowId':'" + MISSING + "'}" + more + "}";
            invalid(cases, "POST", path, ofOne, "filter.key");
            invalid(cases, "POST", path, "{'filter':{'key':' '}" + more + "}", "filter.key");
            invalid(cases, "POST", path, "{'filter':{'host':'no host'}" + more + "}", "filter.host");
            invalid(cases, "POST", path, "{'filter':{'host':'a:99999'}" + more + "}", "filter.host");
            invalid(cases, "POST", path, "{'filter':{'host':'" + "a".repeat(261) + "'}" + more + "}", "filter.host");
            invalid(cases, "POST", path, "{'filter':{'problem':'9F3C01D2AA54E7B0'}" + more + "}", "filter.problem");
            invalid(cases, "POST", path, "{'filter':{'problem':7}" + more + "}", "filter.problem");
            for (String status : List.of("[]", "[1]", "['dead','asleep']", "['dead','dead']", "{}", "7")) {
                invalid(cases, "POST", path, "{'filter':{'status':" + status + "}" + more + "}", "filter.status");
            }
            limitsAndReasons(cases, path, more);
        }
        for (String change : List.of("pause", "resume", "fire")) {
            String waits = "{'filter':{'problem':'9f3c01d2aa54e7b0'}}";
            invalid(cases, "POST", "/timers/" + change, waits, "filter.problem");
        }
        String both = "{'filter':{'problem':'9f3c01d2aa54e7b0','status':['dead','paused']}}";
        invalid(cases, "POST", "/timers/cancel", both, "filter.problem");
        invalid(cases, "POST", "/timers/cancel", "{'filter':{'status':['dead','scheduled']}}", "filter.status");
        for (String change : List.of("cancel", "pause", "resume", "redrive")) {
            String path = "/runs/" + change;
            cases.add(body("POST", path, "[]", 400, null));
            invalid(cases, "POST", path, "{}", "filter");
            invalid(cases, "POST", path, "{'filter':[]}", "filter");
            invalid(cases, "POST", path, "{'filter':{'status':'dead'}}", "filter.status");
            invalid(cases, "POST", path, "{'filter':{'workflowId':'x'}}", "filter.workflowId");
            invalid(cases, "POST", path, "{'filter':{'key':''}}", "filter.key");
            invalid(cases, "POST", path, "{'filter':{'taskId':'" + MISSING + "'}}", "filter.taskId");
            invalid(cases, "POST", path, "{'filter':{},'dueAt':'2099-01-01T00:00:00Z'}", "dueAt");
            invalid(cases, "POST", path, "{'filter':{},'version':'oldest'}", "version");
            limitsAndReasons(cases, path, "");
        }
        cases.add(new Case("GET", "/operations?status=asleep", null, 400, "status"));
        cases.add(new Case("GET", "/operations?kind=cancel", null, 400, "kind"));
        cases.add(new Case("GET", "/operations?limit=501", null, 400, "limit"));
        cases.add(new Case("GET", "/operations?cursor=x", null, 400, "cursor"));
        cases.add(new Case("GET", "/problems?workflowId=x", null, 400, "workflowId"));
        cases.add(new Case("GET", "/problems?host=a%20b", null, 400, "host"));
        cases.add(new Case("GET", "/problems?status=dead", null, 400, "status"));
        invalid(cases, "POST", "/timers/reschedule", "{'filter':{}}", "delay");
        invalid(cases, "POST", "/timers/reschedule", "{'filter':{},'dueAt':'2099-01-01T00:00:00Z'}", "dueAt");
        for (String dryRun : List.of("true", "false")) {
            String tooFar = "{'filter':{},'dryRun':" + dryRun + ",'delay':{'type':'date','date':'2099-01-01'}}";
            invalid(cases, "POST", "/timers/reschedule", tooFar, "delay.date");
        }
        invalid(cases, "POST", "/timers/cancel", "{'filter':{}," + DELAY + "}", "delay");
        cases.add(new Case("GET", "/operations/" + MISSING, null, 404, null));
        cases.add(new Case("GET", "/operations/x", null, 404, null));
        cases.add(new Case("POST", "/operations/" + MISSING + "/cancel", null, 404, null));
    }

    private static void previews(List<Case> cases) {
        invalid(cases, "POST", "/delays/preview", "{}", "delay");
        invalid(cases, "POST", "/delays/preview", "{" + DELAY + ",'from':'now'}", "from");
        invalid(cases, "POST", "/delays/preview", "{" + DELAY + ",'from':'0000-01-01T00:00:00Z'}", "from");
        invalid(cases, "POST", "/delays/preview", "{" + DELAY + ",'timezone':'X'}", "timezone");
        invalid(
                cases,
                "POST",
                "/delays/preview",
                "{'delay':{'type':'date','date':'2020-01-01','ifPast':'reject'}}",
                "delay.date");
    }

    private static void paths(List<Case> cases) {
        for (String what : List.of("workflows", "runs", "timers")) {
            for (String id :
                    List.of(MISSING, "x", "1-1-1-1-1", "0", "%27", "null", "%F0%9F%A6%89", "x".repeat(4_000), FAR)) {
                cases.add(new Case("GET", "/" + what + "/" + id, null, 404, null));
            }
            cases.add(new Case("GET", "/" + what + "/%C0%80", null, 400, null));
            cases.add(new Case("GET", "/" + what + "/%00", null, 400, null));
        }
        for (String change : List.of("cancel", "pause", "resume", "fire", "redrive")) {
            cases.add(new Case("POST", "/timers/" + MISSING + "/" + change, null, 404, null));
            cases.add(new Case("POST", "/timers/x/" + change, null, 404, null));
        }
        for (String change : List.of("cancel", "pause", "resume")) {
            cases.add(new Case("POST", "/runs/" + MISSING + "/" + change, null, 404, null));
        }
        cases.add(new Case("POST", "/runs/" + MISSING + "/redrive", "{}".getBytes(StandardCharsets.UTF_8), 404, null));
        invalid(cases, "POST", "/runs/" + MISSING + "/redrive", "{'version':1}", "version");
        invalid(cases, "POST", "/runs/" + MISSING + "/redrive", "{'version':'oldest'}", "version");
        cases.add(new Case("POST", "/timers/{timer}/explode", null, 404, null));
        cases.add(new Case("POST", "/timers/{timer}/redrive", null, 409, null));
        cases.add(new Case("POST", "/timers/{timer}/resume", null, 409, null));
        cases.add(new Case("POST", "/runs/{run}/resume", null, 409, null));
        cases.add(new Case("POST", "/timers/{timer}/cancel?force=true", null, 400, "force"));
        cases.add(new Case("GET", "/timers?status=unknown", null, 400, "status"));
        cases.add(new Case(
                "GET", "/timers?cursor=AAAAAAAAAAAAAAAAAAAAAA&dueFrom=2027-01-01T00:00:00Z", null, 400, "cursor"));
        cases.add(new Case("GET", "/runs?cursor=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", null, 400, "cursor"));
    }

    private static void figures(List<Case> cases) {
        for (String path : List.of("/stats", "/nodes")) {
            cases.add(new Case("GET", path + "?from=2027-01-01T00:00:00Z", null, 400, "from"));
        }
        for (String field : List.of("from", "to")) {
            for (String value : List.of("", "now", "2027-01-01", "10000-01-01T00:00:00Z", "null")) {
                cases.add(new Case("GET", "/stats/series?" + field + "=" + value, null, 400, field));
            }
        }
        for (String value :
                List.of("", "0", "9", "-10", "1e3", "PT9.9S", "PT-1M", "1m", "P1D1M", "99999999999", "P2D", "null")) {
            cases.add(new Case("GET", "/stats/series?step=" + value, null, 400, "step"));
        }
        String day = "/stats/series?from=" + Instant.now().minus(Duration.ofDays(1));
        cases.add(new Case("GET", day + "&step=86", null, 400, "step"));
        cases.add(new Case("GET", day + "&step=100&step=100", null, 400, "step"));
        cases.add(new Case("GET", day + "&to=" + Instant.now().minus(Duration.ofDays(2)), null, 400, "to"));
        cases.add(new Case("GET", day + "&to=" + Instant.EPOCH, null, 400, "to"));
        cases.add(new Case("GET", "/stats/series?from=9999-01-01T00:00:00Z", null, 400, "from"));
        cases.add(new Case("GET", "/stats/series?until=x", null, 400, "until"));
        cases.add(new Case("POST", "/stats", null, 405, null));
        cases.add(new Case("DELETE", "/nodes", null, 405, null));
    }

    private static void timer(List<Case> cases, String field, String named) {
        invalid(cases, "POST", "/timers", "{" + DELAY + "," + ACTION + "," + field + "}", named);
    }

    private static void action(List<Case> cases, String action, String named) {
        invalid(cases, "POST", "/timers", "{" + DELAY + ",'action':" + action + "}", named);
    }

    private static void invalid(List<Case> cases, String method, String path, String body, String field) {
        cases.add(body(method, path, body, 422, field));
    }

    private static Case body(String method, String path, String body, int status, String field) {
        return new Case(method, path, json(body).getBytes(StandardCharsets.UTF_8), status, field);
    }

    private static String json(String text) {
        return text.replace('\'', '"');
    }

    private static String filled(String text) {
        return text.replace("{workflow}", workflow)
                .replace("{taskless}", taskless)
                .replace("{archived}", archived)
                .replace("{task}", task)
                .replace("{run}", run)
                .replace("{timer}", timer);
    }

    @ParameterizedTest
    @MethodSource("cases")
    void is_refused_and_not_stored(Case bad) throws SQLException {
        List<String> before = stored();

        byte[] body = bad.body() == null
                ? null
                : filled(new String(bad.body(), StandardCharsets.ISO_8859_1)).getBytes(StandardCharsets.ISO_8859_1);
        var answer = SERVER.send(bad.method(), filled(bad.path()), body);

        if (bad.field() == null) {
            answer.problem(bad.status());
        } else {
            assertThat(answer.fields(bad.status())).contains(bad.field());
        }
        assertThat(answer.response().body()).doesNotContain("Exception", "java.", "com.fasterxml", "SQL");
        assertThat(stored()).isEqualTo(before);
    }

    private static final String WRONG_ACTION =
            "{'method':'BREW','url':'ftp://example.com','headers':{'Host':'a','X':'{{nobody}}'},'body':['{{nobody}}']}";

    @Test
    void every_fault_of_a_timer_is_named() {
        String timer =
                json("{'delay':{'type':'date','date':'2001-01-01','ifPast':'reject'},'action':" + WRONG_ACTION + "}");
        List<String> faults = List.of(
                "delay.date",
                "action.method",
                "action.url",
                "action.headers.Host",
                "action.headers.X",
                "action.body[0]");

        assertThat(SERVER.post("/timers", timer).fields(422)).containsExactlyElementsOf(faults);
        assertThat(SERVER.post("/timers/bulk", "{\"timers\":[" + timer + "]}")
                        .json(200)
                        .path("results")
                        .findValuesAsText("field"))
                .containsExactlyElementsOf(faults);
    }

    @Test
    void every_fault_of_all_tasks_is_named_up_to_twenty() {
        String task = "{'name':'t','delay':{'type':'period','amount':1,'unit':'hours'},'action':" + WRONG_ACTION + "}";

        assertThat(SERVER.post("/workflows", json("{'name':'w','tasks':[" + task + "," + task + "]}"))
                        .fields(422))
                .hasSize(10)
                .contains("tasks[0].action.url", "tasks[1].action.body[0]");
        assertThat(SERVER.post("/workflows", json("{'name':'w','tasks':[" + (task + ",").repeat(9) + task + "]}"))
                        .fields(422))
                .hasSize(20);
        assertThat(SERVER.post("/workflows", json("{'name':'w','tasks':[" + "{},".repeat(20) + "{}]}"))
                        .fields(422))
                .hasSize(20);
    }

    @Test
    void there_are_many_kinds() {
        assertThat(cases().filter(bad -> bad.status() == 422)
                        .map(Case::toString)
                        .distinct()
                        .count())
                .isGreaterThan(150);
    }

    /** All that a request could leave behind. */
    private static List<String> stored() throws SQLException {
        List<String> rows = new ArrayList<>();
        try (Connection connection = POSTGRES.dataSource().getConnection();
                Statement statement = connection.createStatement();
                ResultSet result = statement.executeQuery("""
                        SELECT 'w' || w::text FROM workflow w UNION ALL SELECT 'v' || v::text FROM workflow_version v
                        UNION ALL SELECT 'r' || r::text FROM run r UNION ALL SELECT 't' || t::text FROM timer t
                        UNION ALL SELECT 'h' || h::text FROM timer_history h
                        UNION ALL SELECT 'q' || q::text FROM qrtz_triggers q
                        UNION ALL SELECT 's' || s::text FROM qrtz_simple_triggers s
                        UNION ALL SELECT 'o' || o::text FROM operation o
                        ORDER BY 1""")) {
            while (result.next()) {
                rows.add(result.getString(1));
            }
        }
        return rows;
    }
}
