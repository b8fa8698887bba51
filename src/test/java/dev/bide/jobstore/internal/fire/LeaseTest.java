package dev.bide.jobstore.internal.fire;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class LeaseTest {
    private final AtomicLong nanos = new AtomicLong(-5_000_000_000L);
    private final AtomicLong wall = new AtomicLong(1_000_000);
    private final Lease lease = new Lease(nanos::get, wall::get, 1_000, 2_000);

    private void pass(long millis) {
        nanos.addAndGet(TimeUnit.MILLISECONDS.toNanos(millis));
        wall.addAndGet(millis);
    }

    @Test
    void nobody_holds_one_before_the_first_check_in() {
        assertThat(lease.isHeld()).isFalse();
        assertThat(lease.number()).isEqualTo(Lease.NONE);
        assertThat(lease.isHeld(Lease.NONE)).isFalse();
        assertThat(lease.ageMillis()).isZero();
    }

    @Test
    void it_ends_before_others_take_over_counted_from_before_the_check_in() {
        Lease.Moment begun = lease.now();
        pass(500);
        lease.renew(begun);
        pass(2_199);
        assertThat(lease.isHeld()).isTrue();
        pass(1);
        assertThat(lease.isHeld()).isFalse();
        assertThat(lease.ageMillis()).isEqualTo(2_700);
        assertThat(Lease.length(1_000, 2_000)).isEqualTo(2_700);
    }

    @Test
    void it_is_longer_than_the_interval_and_shorter_than_the_failover_time_whatever_they_are() {
        for (long interval : new long[] {100, 1_000, 7_500, 60_000}) {
            for (long margin : new long[] {500, 2_000, 7_500, 600_000}) {
                assertThat(Lease.length(interval, margin)).isBetween(interval + 1, interval + margin - 1);
            }
        }
    }

    @Test
    void a_suspended_machine_whose_monotonic_clock_stood_still_holds_none() {
        lease.renew(lease.now());
        wall.addAndGet(2_700);
        assertThat(lease.isHeld()).isFalse();
    }

    @Test
    void a_wall_clock_that_is_set_back_prolongs_nothing() {
        lease.renew(lease.now());
        wall.addAndGet(-3_600_000);
        assertThat(lease.isHeld()).isTrue();
        nanos.addAndGet(TimeUnit.MILLISECONDS.toNanos(2_700));
        assertThat(lease.isHeld()).isFalse();
    }

    @Test
    void one_that_ran_out_is_another_one_when_it_is_renewed() {
        lease.renew(lease.now());
        long first = lease.number();
        pass(2_000);
        lease.renew(lease.now());
        assertThat(lease.isHeld(first)).isTrue();
        pass(2_700);
        lease.renew(lease.now());
        assertThat(lease.isHeld()).isTrue();
        assertThat(lease.isHeld(first)).isFalse();
    }

    @Test
    void one_that_was_ended_is_another_one_when_it_is_renewed() {
        lease.renew(lease.now());
        long first = lease.number();
        lease.end();
        assertThat(lease.isHeld()).isFalse();
        lease.renew(lease.now());
        assertThat(lease.isHeld(first)).isFalse();
    }
}
