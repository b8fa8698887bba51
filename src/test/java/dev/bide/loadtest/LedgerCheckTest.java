package dev.bide.loadtest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.StringReader;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** Each timer is sent at 1,000,000, answered 10 ms later, and asks for five seconds. */
class LedgerCheckTest {
    private static final long SENT = 1_000_000;
    private static final long DUE = SENT + 5_003;

    private final AcceptedTimers accepted = new AcceptedTimers(SENT - 1_000);
    private final StringBuilder ledger = new StringBuilder("key,firstReceivedAt,dueAt,count\n");

    @Test
    void finds_nothing_where_all_is_well() throws IOException {
        for (int timer = 0; timer < 100_000; timer++) {
            received(accept(), DUE + 7, DUE, 1);
        }
        Verdict verdict = check(0);
        assertThat(verdict.lost() + verdict.duplicates() + verdict.early() + verdict.misdated() + verdict.unknown())
                .isZero();
        assertThat(verdict.lateness().count()).isEqualTo(100_000);
        assertThat(verdict.lateness().percentile(50)).isEqualTo(7);
        assertThat(verdict.deliveredInTime()).isEqualTo(100_000);
    }

    @Test
    void counts_what_is_not_in_the_ledger_as_lost() throws IOException {
        received(accept(), DUE, DUE, 1);
        accept();
        accept();
        assertThat(check(0).lost()).isEqualTo(2);
    }

    @Test
    void counts_an_id_given_twice_as_lost() throws IOException {
        String id = accept();
        accepted.add(mostSignificant(id), leastSignificant(id), SENT, SENT + 10);
        received(id, DUE, DUE, 1);
        assertThat(check(0).lost()).isEqualTo(1);
    }

    @Test
    void counts_each_further_call_as_a_duplicate() throws IOException {
        received(accept(), DUE, DUE, 3);
        received(accept(), DUE, DUE, 1);
        assertThat(check(0).duplicates()).isEqualTo(2);
    }

    @Test
    void is_early_before_the_due_time_or_before_the_asked_delay() throws IOException {
        received(accept(), DUE - 1, DUE, 1);
        received(accept(), SENT + 4_999, SENT + 4_998, 1);
        received(accept(), DUE, DUE, 1);
        assertThat(check(0).early()).isEqualTo(2);
    }

    @Test
    void is_misdated_where_the_due_time_is_not_the_asked_delay_after_the_request() throws IOException {
        received(accept(), DUE + 60_000, SENT + 4_999, 1);
        received(accept(), DUE + 60_000, SENT + 5_011, 1);
        received(accept(), DUE + 60_000, SENT + 5_000, 1);
        received(accept(), DUE + 60_000, SENT + 5_010, 1);
        assertThat(check(0).misdated()).isEqualTo(2);
    }

    @Test
    void keeps_strangers_apart() throws IOException {
        received(UUID.randomUUID().toString(), DUE, DUE, 1);
        ledger.append("\"POST /a,b\",1,,1\n");
        assertThat(check(0).unknown()).isEqualTo(2);
    }

    @Test
    void leaves_the_warm_up_out_of_the_figures_but_not_out_of_the_check() throws IOException {
        received(accept(), DUE + 900, DUE, 2);
        received(accept(), DUE + 1, DUE, 1);
        Verdict verdict = check(1);
        assertThat(verdict.lateness().count()).isEqualTo(1);
        assertThat(verdict.lateness().max()).isEqualTo(1);
        assertThat(verdict.duplicates()).isEqualTo(1);
    }

    @Test
    void refuses_what_is_no_ledger() {
        assertThatThrownBy(() -> new LedgerCheck(accepted, 0, 5_000, 0).check(new StringReader("<html>")))
                .hasMessageContaining("header");
    }

    private Verdict check(int firstMeasured) throws IOException {
        return new LedgerCheck(accepted, firstMeasured, 5_000, DUE + 1_000).check(new StringReader(ledger.toString()));
    }

    private String accept() {
        String id = UUID.randomUUID().toString();
        accepted.add(mostSignificant(id), leastSignificant(id), SENT, SENT + 10);
        return id;
    }

    private void received(String id, long at, long due, int count) {
        ledger.append(id)
                .append(',')
                .append(at)
                .append(',')
                .append(due)
                .append(',')
                .append(count)
                .append('\n');
    }

    private static long mostSignificant(String id) {
        return UUID.fromString(id).getMostSignificantBits();
    }

    private static long leastSignificant(String id) {
        return UUID.fromString(id).getLeastSignificantBits();
    }
}
