package dev.bide.delivery.template;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.bide.delivery.RunValues;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class FillerTest {

    private static final String INPUT =
            "{\"email\":\"zoe@example.com\",\"name\":\"Zo\u00eb \\\"Z\\\"\\n</b>\",\"count\":3,\"price\":1.10,"
                    + "\"ok\":true,\"none\":null,\"address\":{\"city\":\"Oslo\"},\"tags\":[\"a\",\"b\"],\"sneaky\":\"{{run.id}}\"}";

    private final Filler filler = new Filler(1_000);
    private final Values values =
            new Values("t1", "2026-03-01T09:00:00.000Z", new RunValues("r1", "order-7", "welcome", INPUT));

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{{input.email}} | zoe@example.com",
                "{{ input.email }} | zoe@example.com",
                "{{{input.email}}} | zoe@example.com",
                "{{&input.email}} | zoe@example.com",
                "{{run.id}}/{{run.key}} | r1/order-7",
                "{{task.name}} | welcome",
                "{{timer.id}} {{timer.dueAt}} | t1 2026-03-01T09:00:00.000Z",
                "{{input.count}} {{input.price}} {{input.ok}} | 3 1.10 true",
                "{{input.address.city}} | Oslo",
                "{{input.address}} | {\"city\":\"Oslo\"}",
                "{{input.tags.1}} | b",
                "{{input.tags}} | [\"a\",\"b\"]",
                "<{{input.none}}{{input.missing}}{{input.address.street.x}}{{input.tags.9}}{{input.email.x}}> | <>",
                "{{! a note }}x | x",
                "{{=<% %>=}}{{kept}} <%run.id%> | {{kept}} r1",
                "no variable, {single} braces | no variable, {single} braces",
            })
    void fills_each_variable(String template, String filled) throws Exception {
        assertThat(filler.problem(template)).isEmpty();
        assertThat(filler.fill(template, values, 1_000)).isEqualTo(filled);
    }

    @Test
    void takes_a_value_as_it_is() throws Exception {
        assertThat(filler.fill("{{input.name}}", values, 100)).isEqualTo("Zo\u00eb \"Z\"\n</b>");
        assertThat(filler.fill("{{input.sneaky}}", values, 100)).isEqualTo("{{run.id}}");
    }

    @Test
    void never_takes_a_java_object_apart() throws Exception {
        assertThat(filler.fill("<{{input.email.length}}{{input.class.name}}{{input.getClass}}>", values, 100))
                .isEqualTo("<>");
        assertThat(filler.fill("<{{input.email.bytes}}{{input.tags.size}}>", values, 100))
                .isEqualTo("<>");
    }

    @Test
    void without_a_run_only_the_timer_is_known() throws Exception {
        Values alone = new Values("t1", "2026-03-01T09:00:00.000Z", null);
        assertThat(filler.fill("{{timer.id}}:{{run.id}}{{run.key}}{{task.name}}{{input.a}}{{input}}", alone, 100))
                .isEqualTo("t1:");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{{",
                "{{}}",
                "{{ }}",
                "{{input.a",
                "{{input.a}",
                "{{{input.a}}",
                "{{#input.a}}x{{/input.a}}",
                "{{^input.a}}x{{/input.a}}",
                "{{#input.a}}",
                "{{/input.a}}",
                "{{>partial}}",
                "{{>input.a}}",
                "{{<parent}}{{/parent}}",
                "{{$block}}x{{/block}}",
                "{{nobody}}",
                "{{run}}",
                "{{run.idd}}",
                "{{.}}",
                "{{this}}",
                "{{-index}}",
                "{{input.}}",
                "{{input..a}}",
                "{{inputs.a}}",
                "{{run.class}}",
                "{{=}}",
                "{{= =}}",
                "{{a\nb}}",
                "{{input.a}} {{",
                "{{&}}",
                "{{!"
            })
    void says_what_is_wrong_with_a_template(String template) {
        assertThat(filler.problem(template)).as(template).isPresent();
    }

    @Test
    void only_strings_of_a_body_are_filled_and_it_stays_json() throws Exception {
        String filled = filler.fillBody(
                "{\"{{run.id}}\":\"{{run.id}}\",\"list\":[1,1.10,{\"deep\":\"hi {{input.name}}\"},null,true],\"big\":12345678901234567890123}",
                values);
        assertThat(filled)
                .isEqualTo(
                        "{\"{{run.id}}\":\"r1\",\"list\":[1,1.10,{\"deep\":\"hi Zo\u00eb \\\"Z\\\"\\n</b>\"},null,true],"
                                + "\"big\":12345678901234567890123}");
    }

    @Test
    void a_body_without_variables_is_not_touched() throws Exception {
        String body = "{ \"a\" :\t1e2, \"a\":  2 }";
        assertThat(filler.fillBody(body, values)).isSameAs(body);
    }

    @Test
    void stays_json_whatever_the_value_holds() throws Exception {
        long seed = Long.getLong("seed", 20_260_301L);
        Random random = new Random(seed);
        ObjectMapper mapper = new ObjectMapper();
        Filler roomy = new Filler(100_000);
        for (int i = 0; i < 2_000; i++) {
            StringBuilder hostile = new StringBuilder();
            for (int j = random.nextInt(30); j > 0; j--) {
                String alphabet = "\"\\{}[]:,\u0000\u001f\n\r\u2028\ud83d\ude00a<>&'/";
                hostile.append(alphabet.charAt(random.nextInt(alphabet.length())));
            }
            Map<String, Object> input = new HashMap<>();
            input.put("v", hostile.toString());
            String json = mapper.writeValueAsString(input);
            String expected = mapper.readTree(json).get("v").textValue();
            JsonNode filled = mapper.readTree(roomy.fillBody(
                    "{\"x\":[\"-{{input.v}}-\"]}", new Values("t", "d", new RunValues("r", null, null, json))));
            assertThat(filled.get("x").get(0).textValue()).as("seed " + seed).isEqualTo("-" + expected + "-");
            assertThat(filled.size()).isEqualTo(1);
        }
    }

    @Test
    void many_variables_of_a_big_input_do_not_fill_the_memory() {
        String big = "{\"v\":\"" + "x".repeat(400) + "\"}";
        Values bigValues = new Values("t", "d", new RunValues("r", null, null, big));
        assertThatThrownBy(() -> filler.fillBody("[\"{{input.v}}\",\"{{input.v}}\",\"{{input.v}}\"]", bigValues))
                .isInstanceOf(UnfillableException.class)
                .hasMessageContaining("too long");
        assertThatThrownBy(() -> filler.fill("{{input.v}}", bigValues, 399)).isInstanceOf(UnfillableException.class);
    }

    @Test
    void names_the_string_that_is_wrong() {
        Map<String, String> problems = new HashMap<>();
        filler.bodyProblems("{\"a\":{\"b\":[\"ok\",\"{{nobody}}\"]},\"c\":\"{{\"}", problems::put);
        assertThat(problems).containsOnlyKeys("body.a.b[1]", "body.c");
        assertThat(problems.get("body.a.b[1]")).contains("{{nobody}}");
    }

    private static String typed(String input, String body) throws Exception {
        return new Filler(10_000).fillBody(body, new Values("t1", "d", new RunValues("r1", null, null, input)));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "1e3",
                "1E+3",
                "-0",
                "1.10",
                "12345678901234567890123",
                "0.1000000000000000055511151231257827",
                "true",
                "false",
                "null",
                "\"\\u00e9 \\\"x\\\" \\/\"",
                "{ \"a\" : [1e3, {\"b\":null}] }",
                "[]",
                "[1.0,\"]\",{}]"
            })
    void a_string_that_is_one_variable_becomes_the_value_itself(String value) throws Exception {
        for (String variable : new String[] {"{{input.v}}", "{{ input.v }}", "{{{input.v}}}", "{{&input.v}}"}) {
            assertThat(typed("{\"w\":7,\"v\":" + value + ",\"x\":1}", "{\"n\": \"" + variable + "\" }"))
                    .isEqualTo("{\"n\": " + value + " }");
        }
        assertThat(typed("{\"v\": [0, {\"w\" :" + value + "}]}", "\"{{input.v.1.w}}\""))
                .isEqualTo(value);
    }

    @Test
    void what_is_not_there_becomes_null() throws Exception {
        assertThat(typed(
                        "{\"a\":1}",
                        "[\"{{input.b}}\",\"{{input.a.b}}\",\"{{run.key}}\",\"{{task.name}}\",\"{{run.id}}\"]"))
                .isEqualTo("[null,null,null,null,\"r1\"]");
        Values alone = new Values("t1", "d", null);
        assertThat(filler.fillBody("[\"{{input}}\",\"{{input.a}}\",\"{{timer.id}}\"]", alone))
                .isEqualTo("[null,null,\"t1\"]");
    }

    @Test
    void inside_a_longer_string_a_value_is_text() throws Exception {
        assertThat(typed(
                        "{\"n\":1e3,\"s\":\"x\",\"z\":null}",
                        "[\" {{input.n}}\",\"{{input.s}}{{input.s}}\",\"<{{input.z}}>\"]"))
                .isEqualTo("[\" 1e3\",\"xx\",\"<>\"]");
        assertThat(new Filler(100)
                        .fill("{{input.n}}", new Values("t", "d", new RunValues("r", null, null, "{\"n\":1e3}")), 9))
                .isEqualTo("1e3");
    }

    @Test
    void all_else_of_a_body_is_sent_as_it_is_written() throws Exception {
        assertThat(typed("{\"v\":1}", "{ \"a\":\t1e2, \"a\": \"\\u0041\",\n\"{{run.id}}\":\"{{input.v}}\"}"))
                .isEqualTo("{ \"a\":\t1e2, \"a\": \"\\u0041\",\n\"{{run.id}}\":1}");
    }

    /** The parser reads long texts piece by piece. */
    @Test
    void finds_its_place_in_long_texts() throws Exception {
        String filling = "\"" + "\\n\u00e9\ud83d\ude00 ".repeat(20_000) + "\"";
        Filler roomy = new Filler(10_000_000);
        Values big = new Values("t", "d", new RunValues("r", null, null, "{\"f\":" + filling + ",\"v\":{\"x\":1e3}}"));
        assertThat(roomy.fillBody("{\"f\":" + filling + ",\"n\":\"{{input.v}}\",\"g\":" + filling + "}", big))
                .isEqualTo("{\"f\":" + filling + ",\"n\":{\"x\":1e3},\"g\":" + filling + "}");
        assertThat(roomy.fillBody("[\"{{input.f}}\"]", big)).isEqualTo("[" + filling + "]");
    }

    @Test
    void many_values_of_a_big_input_do_not_fill_the_memory() {
        assertThatThrownBy(() -> typed("{\"v\":[" + "1,".repeat(3_000) + "1]}", "[\"{{input.v}}\",\"{{input.v}}\"]"))
                .isInstanceOf(UnfillableException.class)
                .hasMessageContaining("too long");
    }
}
