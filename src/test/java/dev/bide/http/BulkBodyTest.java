package dev.bide.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.bide.workflow.Json;
import dev.bide.workflow.RunDraft;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BulkBodyTest {
    private static final int ITEM_LIMIT = 100;

    private final JsonBody json = new JsonBody(Json.mapper().getFactory());

    @Test
    void judgesEachItemAlone() {
        var items = read("""
                {"runs":[{"key":"a"},{"key":"a","key":"b"},5,{"input":{"x":{"deep":[1,{"deep":2,"deep":3}]}}},{"nope":1},null,
                  {"key":"%s"},{"key":"z"}]}""".formatted("x".repeat(ITEM_LIMIT)));

        assertThat(items)
                .extracting(item -> item.draft() == null ? null : item.draft().key())
                .containsExactly("a", null, null, null, null, null, null, "z");
        assertThat(items.stream().flatMap(item -> item.errors().stream()))
                .extracting(error -> (error.field() + " " + error.message()).strip())
                .containsExactly(
                        "key is given twice",
                        "must be an object",
                        "input.x.deep[1].deep is given twice",
                        "nope is not a known field",
                        "must be an object",
                        "must have at most 100 bytes");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{}                        | runs is required",
                "{'runs':null}             | runs must be a list",
                "{'runs':{}}               | runs must be a list",
                "{'runs':[],'runs':[]}     | runs is given twice",
                "{'runs':[],'more':[{}]}   | more is not a known field",
                "{'runs':[{},{},{},{},{},{},{},{},{},{},{}]} | runs must be at most 10",
            })
    void refusesTheWholeCall(String body, String error) {
        RequestException refusal = catchThrowableOfType(RequestException.class, () -> read(body.replace('\'', '"')));

        assertThat(refusal.problem().status()).isEqualTo(422);
        assertThat(refusal.problem().errors())
                .extracting(each -> each.field() + " " + each.message())
                .containsExactly(error);
    }

    @Test
    void refusesTheWholeCallWhereItIsNotJsonToTheEnd() {
        RequestException refusal =
                catchThrowableOfType(RequestException.class, () -> read("{\"runs\":[{\"key\":\"a\"},{]}"));

        assertThat(refusal.problem().status()).isEqualTo(400);
    }

    private List<BulkBody.Item<RunDraft>> read(String body) {
        BulkBody<RunDraft> bulk = new BulkBody<>("runs", 10, ITEM_LIMIT, fields -> Drafts.run(fields, ITEM_LIMIT));
        return json.parse(body.getBytes(StandardCharsets.UTF_8), bulk::read);
    }
}
