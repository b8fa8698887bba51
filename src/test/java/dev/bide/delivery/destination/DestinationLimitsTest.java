package dev.bide.delivery.destination;

import static org.assertj.core.api.Assertions.assertThat;

import io.dropwizard.jackson.Jackson;
import io.dropwizard.util.Duration;
import org.junit.jupiter.api.Test;

class DestinationLimitsTest {
    @Test
    void defaults() {
        DestinationLimits limits = new DestinationLimits();
        assertThat(limits.maxConcurrentCalls).isNull();
        assertThat(limits.sharesPlaces()).isFalse();
        assertThat(limits.maxConcurrentCalls()).isEqualTo(256);
        assertThat(limits.callsPerSecond).isZero();
        assertThat(limits.breaker.enabled).isTrue();
        assertThat(limits.breaker.window).isEqualTo(100);
        assertThat(limits.breaker.minimumCalls).isEqualTo(100);
        assertThat(limits.breaker.failureRate).isEqualTo(90);
        assertThat(limits.breaker.openFor).isEqualTo(Duration.milliseconds(250));
        assertThat(limits.breaker.longestOpenFor).isEqualTo(Duration.seconds(2));
        assertThat(limits.breaker.trialCalls).isEqualTo(100);
        assertThat(limits.breaker.concurrentTrialCalls).isEqualTo(20);
    }

    @Test
    void every_field_can_be_set() throws Exception {
        DestinationLimits limits = Jackson.newObjectMapper().readValue("""
                {"maxConcurrentCalls":7,"callsPerSecond":8,"breaker":{"enabled":false,"window":10,"minimumCalls":11,
                  "failureRate":12,"openFor":"13s","longestOpenFor":"15s","trialCalls":14,"concurrentTrialCalls":16}}
                """, DestinationLimits.class);
        assertThat(limits.maxConcurrentCalls()).isEqualTo(7);
        assertThat(limits.sharesPlaces()).isTrue();
        assertThat(limits.callsPerSecond).isEqualTo(8);
        assertThat(limits.breaker.enabled).isFalse();
        assertThat(limits.breaker.window).isEqualTo(10);
        assertThat(limits.breaker.minimumCalls).isEqualTo(11);
        assertThat(limits.breaker.failureRate).isEqualTo(12);
        assertThat(limits.breaker.openFor).isEqualTo(Duration.seconds(13));
        assertThat(limits.breaker.longestOpenFor).isEqualTo(Duration.seconds(15));
        assertThat(limits.breaker.trialCalls).isEqualTo(14);
        assertThat(limits.breaker.concurrentTrialCalls).isEqualTo(16);
    }
}
