package dev.bide.delivery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
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
    void fillsEachVariable(String template, String filled) throws Exception {
        assertThat(filler.problem(template)).isEmpty();
        assertThat(filler.fill(template, values, 1_000)).isEqualTo(filled);
    }

    @Test
    void takesAValueAsItIs() throws Exception {
        assertThat(filler.fill("{{input.name}}", values, 100)).isEqualTo("Zo\u00eb \"Z\"\n</b>");
        assertThat(filler.fill("{{input.sneaky}}", values, 100)).isEqualTo("{{run.id}}");
    }

    @Test
    void neverTakesAJavaObjectApart() throws Exception {
        assertThat(filler.fill("<{{input.email.length}}{{input.class.name}}{{input.getClass}}>", values, 100))
                .isEqualTo("<>");
        assertThat(filler.fill("<{{input.email.bytes}}{{input.tags.size}}>", values, 100))
                .isEqualTo("<>");
    }

    @Test
    void withoutARunOnlyTheTimerIsKnown() throws Exception {
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
    void saysWhatIsWrongWithATemplate(String template) {
        assertThat(filler.problem(template)).as(template).isPresent();
    }

    @Test
    void onlyStringsOfABodyAreFilledAndItStaysJson() throws Exception {
        String filled = filler.fillBody(
                "{\"{{run.id}}\":\"{{run.id}}\",\"list\":[1,1.10,{\"deep\":\"hi {{input.name}}\"},null,true],\"big\":12345678901234567890123}",
                values);
        assertThat(filled)
                .isEqualTo(
                        "{\"{{run.id}}\":\"r1\",\"list\":[1,1.10,{\"deep\":\"hi Zo\u00eb \\\"Z\\\"\\n</b>\"},null,true],"
                                + "\"big\":12345678901234567890123}");
    }

    @Test
    void aBodyWithoutVariablesIsNotTouched() throws Exception {
        String body = "{ \"a\" :\t1e2, \"a\":  2 }";
        assertThat(filler.fillBody(body, values)).isSameAs(body);
    }

    @Test
    void staysJsonWhateverTheValueHolds() throws Exception {
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
    void manyVariablesOfABigInputDoNotFillTheMemory() {
        String big = "{\"v\":\"" + "x".repeat(400) + "\"}";
        Values bigValues = new Values("t", "d", new RunValues("r", null, null, big));
        assertThatThrownBy(() -> filler.fillBody("[\"{{input.v}}\",\"{{input.v}}\",\"{{input.v}}\"]", bigValues))
                .isInstanceOf(Filler.UnfillableException.class)
                .hasMessageContaining("too long");
        assertThatThrownBy(() -> filler.fill("{{input.v}}", bigValues, 399))
                .isInstanceOf(Filler.UnfillableException.class);
    }

    @Test
    void namesTheStringThatIsWrong() {
        Map<String, String> problems = new HashMap<>();
        filler.bodyProblems("{\"a\":{\"b\":[\"ok\",\"{{nobody}}\"]},\"c\":\"{{\"}", problems::put);
        assertThat(problems).containsOnlyKeys("body.a.b[1]", "body.c");
        assertThat(problems.get("body.a.b[1]")).contains("{{nobody}}");
    }
}
