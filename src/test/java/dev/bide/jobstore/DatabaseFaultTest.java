package dev.bide.jobstore;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.SQLException;
import java.sql.SQLRecoverableException;
import java.sql.SQLTransactionRollbackException;
import java.sql.SQLTransientConnectionException;
import java.sql.SQLTransientException;
import java.util.ArrayList;
import java.util.List;
import org.apache.tomcat.jdbc.pool.PoolExhaustedException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.quartz.JobPersistenceException;

/** What is asked of a fault, and answered yes. */
class DatabaseFaultTest {

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            08000 | circumstances unreachable away
            08001 | circumstances unreachable away
            08003 | circumstances unreachable away
            08004 | circumstances unreachable away
            08006 | circumstances unreachable away
            08007 | circumstances unreachable away
            08P01 | circumstances unreachable away
            57P01 | circumstances unreachable away
            57P02 | circumstances unreachable away
            57P03 | circumstances unreachable away
            57P04 | circumstances unreachable away
            57P05 | circumstances unreachable away
            53300 | circumstances unreachable away
            40001 | circumstances collision away
            40P01 | circumstances collision away
            55P03 | circumstances locked held-up one-item
            57014 | circumstances held-up
            53200 | circumstances too-large
            53000 | circumstances away
            53100 | circumstances away
            53400 | circumstances away
            25006 | circumstances away
            25P03 | circumstances away
            25P04 | circumstances away
            58030 | circumstances away
            40003 | circumstances away
                  | away
            40000 | away
            40002 | away
            57000 | away
            58000 | away
            58P01 | away
            42601 | not-theirs one-item
            42P01 | not-theirs one-item
            3F000 | not-theirs one-item
            0A000 | not-theirs one-item
            23505 | key-taken data one-item
            22001 | data one-item
            22023 | data one-item
            22P05 | data one-item
            23503 | data one-item
            23514 | data one-item
            25P02 | data one-item
            28P01 | data one-item
            P0001 | data one-item
            XX001 | data one-item
            5     | data one-item
            """)
    void a_state_tells_what_helps(String state, String answers) {
        assertAnswers(new SQLException("injected", state), answers);
    }

    /** Of such classes are drivers' and pools' exceptions with states that PostgreSQL has not given, or with those that they are right about. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                  | away
            40001 | circumstances collision away
            40P01 | circumstances collision away
            57014 | circumstances held-up
            08006 | circumstances unreachable away
            53300 | circumstances unreachable away
            HY000 | away
            """)
    void what_a_driver_says_will_pass_is_tried_again(String state, String answers) {
        assertAnswers(new SQLTransientException("injected", state), answers);
        assertAnswers(new SQLTransactionRollbackException("injected", state), answers);
        assertAnswers(new SQLRecoverableException("injected", state), answers);
    }

    @ParameterizedTest
    @CsvSource({"08001", "08006", "57P03", "53300", "53100", "28P01", "3D000", ","})
    void a_pool_without_a_connection_to_spare_is_a_database_that_is_away(String state) {
        assertAnswers(new SQLTransientConnectionException("none", state), "circumstances unreachable away");
    }

    @Test
    void a_pool_that_waited_in_vain_is_known_by_its_name() {
        assertAnswers(new PoolExhaustedException("Timeout: Pool empty"), "circumstances unreachable away");
    }

    @Test
    void what_has_no_state_and_wraps_what_has_one_is_what_it_wraps_but_for_bad_data() {
        assertAnswers(without(new SQLException("injected", "55P03")), "circumstances locked held-up one-item");
        assertAnswers(without(new SQLException("injected", "08006")), "circumstances unreachable away");
        assertAnswers(without(new SQLException("injected", "42P01")), "not-theirs one-item");
        assertThat(answers(without(new SQLException("injected", "22001")))).isEqualTo("away");
    }

    @Test
    void an_error_is_not_of_the_data_but_for_a_stack_that_is_full() {
        assertAnswers(new OutOfMemoryError("injected"), "too-large one-item");
        assertThat(answers(new NoClassDefFoundError("injected"))).isEqualTo("not-theirs one-item");
        assertThat(answers(new StackOverflowError("injected"))).isEqualTo("data one-item");
    }

    @Test
    void what_is_not_of_the_database_is_of_the_data() {
        assertAnswers(new IllegalStateException("injected"), "data one-item");
        assertAnswers(new JobPersistenceException("injected"), "data one-item");
    }

    @Test
    void no_fault_at_all_is_none_of_the_circumstances() {
        assertThat(DatabaseFault.of(null)).isEqualTo(DatabaseFault.DATA);
    }

    /** So it is, however often it is wrapped. */
    private static void assertAnswers(Throwable fault, String expected) {
        assertThat(answers(fault)).isEqualTo(expected);
        assertThat(answers(new IllegalStateException(fault))).isEqualTo(expected);
        assertThat(answers(new IllegalStateException(new JobPersistenceException("could not", fault))))
                .isEqualTo(expected);
    }

    private static SQLException without(SQLException cause) {
        return new SQLException("without a state", cause);
    }

    private static String answers(Throwable fault) {
        DatabaseFault kind = DatabaseFault.of(fault);
        List<String> answers = new ArrayList<>();
        add(answers, kind.isOfTheCircumstances(), "circumstances");
        add(answers, kind == DatabaseFault.UNREACHABLE, "unreachable");
        add(answers, kind == DatabaseFault.COLLISION, "collision");
        add(answers, kind == DatabaseFault.LOCKED, "locked");
        add(answers, kind == DatabaseFault.KEY_TAKEN, "key-taken");
        add(answers, kind.isAway(), "away");
        add(answers, kind.isHeldUp(), "held-up");
        add(answers, kind.isTooLarge(), "too-large");
        add(answers, kind == DatabaseFault.NOT_THEIRS, "not-theirs");
        add(answers, kind.isOfTheData(), "data");
        add(answers, kind.isOfOneItem(), "one-item");
        return String.join(" ", answers);
    }

    private static void add(List<String> answers, boolean yes, String answer) {
        if (yes) {
            answers.add(answer);
        }
    }
}
