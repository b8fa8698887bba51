package dev.bide.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bide.engine.quartz.StorageException;
import java.sql.SQLException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DatabaseAwayTest {

    @ParameterizedTest
    @ValueSource(
            strings = {
                "08000", "08001", "08003", "08004", "08006", "08007", "08P01", "57P01", "57P02", "57P03", "57P04",
                "57P05", "53000", "53100", "53200", "53300", "53400", "25006", "25P03", "25P04", "57014", "55P03",
                "58030", "40001", "40003", "40P01"
            })
    void what_lies_in_the_circumstances_may_succeed_in_a_moment(String state) {
        assertThat(DatabaseAway.is(fault(state))).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"22P05", "22001", "23505", "23514", "42601", "42P01", "25P02", "0A000", "XX001", "5"})
    void what_lies_in_the_data_does_not(String state) {
        assertThat(DatabaseAway.is(fault(state))).isFalse();
    }

    @Test
    void a_fault_that_has_nothing_to_do_with_the_database_is_ours() {
        assertThat(DatabaseAway.is(new IllegalStateException(new SQLException("without a state"))))
                .isFalse();
        assertThat(DatabaseAway.is(null)).isFalse();
    }

    private static Throwable fault(String state) {
        return new IllegalStateException(new StorageException(new SQLException("injected", state)));
    }
}
