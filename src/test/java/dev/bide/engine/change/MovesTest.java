package dev.bide.engine.change;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.UUID;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Which tasks are said to have moved; a letter is a task. */
class MovesTest {

    @ParameterizedTest
    @CsvSource({
        "abcd,abcd,''",
        "abcd,bcda,a",
        "abcd,dabc,d",
        "abcde,acdeb,b",
        "abcde,eabcd,e",
        "abcd,xabyd,''",
        "abcd,xdayb,d",
        "abcdef,bcfade,'af'",
        "abcd,'',''",
        "'',ab,''",
    })
    void the_fewest_that_explain_the_new_order_have_moved(String before, String after, String moved) {
        assertThat(Moves.of(ids(before), ids(after))).containsExactlyInAnyOrderElementsOf(ids(moved));
    }

    private static List<UUID> ids(String letters) {
        return letters.chars().mapToObj(letter -> new UUID(0, letter)).toList();
    }
}
