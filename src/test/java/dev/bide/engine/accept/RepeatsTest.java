package dev.bide.engine.accept;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.bide.engine.Acceptance;
import dev.bide.engine.Asked;
import dev.bide.engine.quartz.StorageException;
import dev.bide.json.FieldError;
import dev.bide.workflow.Refusal;
import dev.bide.workflow.store.KeyHolder;
import java.sql.SQLException;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

class RepeatsTest {
    private static final Refusal INVALID = Refusal.invalid(List.of(new FieldError("a", "is wrong")));
    private static final KeyHolder HOLDER = new KeyHolder(UUID.randomUUID(), null);

    @Test
    void what_is_refused_but_has_the_key_of_what_is_there_is_that() {
        List<Acceptance<String>> results = store(
                List.of(
                        Asked.refused("there", INVALID),
                        Asked.of("new", "draft"),
                        Asked.refused("not there", INVALID),
                        Asked.refused("there", INVALID),
                        Asked.refused(null, INVALID)),
                keys -> {
                    assertThat(keys).containsExactlyInAnyOrder("there", "not there");
                    return Map.of("there", HOLDER);
                });
        assertThat(results)
                .containsExactly(
                        new Acceptance.Existing<>(HOLDER),
                        new Acceptance.Created<>("draft"),
                        new Acceptance.Refused<>(INVALID),
                        new Acceptance.Existing<>(HOLDER),
                        new Acceptance.Refused<>(INVALID));
    }

    @Test
    void what_has_no_key_asks_no_database() {
        assertThat(store(List.of(Asked.refused(null, INVALID)), RepeatsTest::away))
                .containsExactly(new Acceptance.Refused<>(INVALID));
        assertThat(Repeats.find(Asked.refused(null, INVALID), RepeatsTest::away))
                .isEmpty();
    }

    /** The store has looked for the keys of those itself. */
    @Test
    void what_the_store_refuses_is_not_looked_for_again() {
        assertThat(Repeats.<String, String>store(
                        List.of(Asked.of("key", "draft")),
                        drafts -> List.of(new Acceptance.Refused<>(INVALID)),
                        RepeatsTest::away))
                .containsExactly(new Acceptance.Refused<>(INVALID));
    }

    /** Whoever sent them without a key would store them twice. */
    @Test
    void those_that_are_stored_are_told_so_though_the_database_is_away_by_then() {
        assertThat(store(List.of(Asked.of(null, "draft"), Asked.refused("key", INVALID)), RepeatsTest::away))
                .containsExactly(new Acceptance.Created<>("draft"), new Acceptance.Refused<>(Refusal.away()));
    }

    @Test
    void where_nothing_is_stored_and_the_database_is_away_all_may_be_sent_again() {
        assertThatThrownBy(() -> store(List.of(Asked.refused("key", INVALID)), RepeatsTest::away))
                .isInstanceOf(StorageException.class);
    }

    private static List<Acceptance<String>> store(
            List<Asked<String>> asked, Function<Collection<String>, Map<String, KeyHolder>> find) {
        return Repeats.store(
                asked,
                drafts -> drafts.stream()
                        .<Acceptance<String>>map(Acceptance.Created::new)
                        .toList(),
                find);
    }

    private static Map<String, KeyHolder> away(Collection<String> keys) {
        throw new StorageException(new SQLException("connection refused", "08001"));
    }
}
