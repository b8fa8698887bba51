package dev.bide.json;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class JsonListTest {
    private record Item(@Nullable String key) {}

    /** All values that are taken, and not given back yet. */
    private static final class Counted implements ValueMemory {
        private int values;
        private int most;

        @Override
        public void take(int more) {
            values += more;
            most = Math.max(most, values);
        }

        @Override
        public void giveBack(int some) {
            values -= some;
        }
    }

    private static final int ITEM_LIMIT = 100;

    private final JsonReader json = new JsonReader(50, "key");

    @Test
    void judges_each_item_alone() {
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
    void refuses_the_whole_call(String body, String error) {
        InvalidException refusal = catchThrowableOfType(InvalidException.class, () -> read(body.replace('\'', '"')));

        assertThat(refusal.errors())
                .extracting(each -> each.field() + " " + each.message())
                .containsExactly(error);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{'runs':[{'key':'a'},{]}",
                "{'runs':[{'key':'a'},{]]}",
                "{'runs':[{'key':'a'},{}",
                "{'runs':[{'key':'a'}",
                "{'runs':[{},,{}]}",
                "{'runs':[,{}]}",
                "{'runs':[{},]}",
                "{'runs':[{} {}]}",
                "{'runs':[{}x]}",
                "{'runs':[{'a}]}",
                "{'runs':[{'a':'\\']}",
                "{'runs':[{'a':01}]}",
                "{'runs':[{}]}]",
                "{'runs':[{}],}",
                "{'runs':[nul]}",
                "{'runs':[{}}]",
            })
    void refuses_the_whole_call_where_it_is_not_json_to_the_end(String body) {
        assertThatThrownBy(() -> read(body.replace('\'', '"'))).isInstanceOf(MalformedException.class);
    }

    @Test
    void finds_the_items_whatever_stands_between_and_in_them() {
        assertThat(read(
                        "{ 'runs' :\n[ {'key':'a'} ,\t{\"key\":\"b]},{\"} , {'input':{'x':[[],{},[{'y':'\\\\'}]]},'key':'\\\"c'}\n] }"
                                .replace('\'', '"')))
                .extracting(item -> item.orRefuse().key())
                .containsExactly("a", "b]},{", "\"c");
        assertThat(read("{\"r\\u0075ns\":[]}")).isEmpty();
    }

    /** Each is JSON, and each would end the reading of all where they are read as one. */
    @Test
    void spares_the_others_of_an_item_that_no_parser_takes() {
        String deep = "[".repeat(20_000) + "]".repeat(20_000);
        JsonList<Item> bulk = new JsonList<>("runs", 10, 100_000, new JsonReader(500, "key"), JsonListTest::item);
        var items = read(
                bulk,
                ("{\"runs\":[{\"key\":\"a\"},{\"input\":{\"\\ud83d\":1}},{\"input\":{\"a\":" + "7".repeat(1_001)
                                + "}},{\"input\":{\"a\":" + deep.substring(18_000, 22_000)
                                + "}},{\"input\":{\"a\":" + deep + "}},{\"input\":{\"" + "x".repeat(60_000)
                                + "\":1}},{\"input\":{\"a\":[" + "0,".repeat(600) + "0]}},{\"key\":\"z\"}]}")
                        .getBytes(StandardCharsets.UTF_8));

        assertThat(items)
                .extracting(item -> item.draft() == null ? null : item.draft().key())
                .containsExactly("a", null, null, null, null, null, null, "z");
        assertThat(items.stream().flatMap(item -> item.errors().stream()))
                .extracting(FieldError::message)
                .containsExactly(
                        "must not hold half of a surrogate pair",
                        "is a number out of range",
                        "is nested more than 100 levels deep",
                        "is nested more than 100 levels deep",
                        "must not hold a name of more than 50000 characters",
                        "must hold at most 500 values");
    }

    /** As of a single call: Jackson would take the overlong NUL of the item. */
    @Test
    void refuses_a_body_whose_items_are_no_utf8() {
        byte[] body = "{\"runs\":[{\"key\":\"a\"},{\"key\":\"\u00c0\u0080\"}]}".getBytes(StandardCharsets.ISO_8859_1);
        JsonList<Item> bulk = new JsonList<>("runs", 10, ITEM_LIMIT, json, JsonListTest::item);
        assertThatThrownBy(() -> read(bulk, body))
                .isInstanceOf(MalformedException.class)
                .hasMessage("The body is not UTF-8");
    }

    @Test
    void reads_the_key_of_an_item_whatever_else_is_wrong_with_it() {
        assertThat(read("""
                        {"runs":[{"key":"a","nope":1},{"input":[%s0],"key":"b"},{"key":"c","key":"c"},{"key":7}]}""".formatted("0,".repeat(200))))
                .extracting(Reading::always)
                .containsExactly("a", "b", null, null);
    }

    /** Whether they are objects or not: each takes sixteen values at least. */
    @Test
    void gives_the_memory_of_an_item_back_before_it_reads_the_next() {
        Counted memory = new Counted();
        JsonList<Item> bulk = new JsonList<>("runs", 10, ITEM_LIMIT, json, JsonListTest::item);
        bulk.read("{\"runs\":[1,1,{},null,[],{\"nope\":1},\"a\"]}".getBytes(StandardCharsets.UTF_8), memory);

        assertThat(memory.values).isZero();
        assertThat(memory.most).isEqualTo(16);
    }

    private List<Reading<Item>> read(String body) {
        JsonList<Item> bulk = new JsonList<>("runs", 10, ITEM_LIMIT, json, JsonListTest::item);
        return read(bulk, body.getBytes(StandardCharsets.UTF_8));
    }

    private static List<Reading<Item>> read(JsonList<Item> bulk, byte[] bytes) {
        return bulk.read(bytes, new Counted());
    }

    private static @Nullable Item item(Fields fields) {
        String key = fields.text("key");
        fields.any("input");
        return fields.build(() -> new Item(key));
    }
}
