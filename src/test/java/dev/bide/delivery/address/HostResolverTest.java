package dev.bide.delivery.address;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.bide.delivery.address.HostResolver.NoPlaceException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.security.Security;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class HostResolverTest {

    private static final Duration LONG = Duration.ofSeconds(20);

    private final CountDownLatch never = new CountDownLatch(1);
    private final AtomicInteger pits = new AtomicInteger();
    private final AtomicLong time = new AtomicLong();
    private volatile String failure = "";
    private final HostResolver resolver = new HostResolver(this::lookup, new AddressGuard(List.of()), time::get);

    private List<InetAddress> lookup(String name) throws UnknownHostException {
        if (name.endsWith(".tar.pit") || failure.equals("hangs")) {
            pits.incrementAndGet();
            try {
                never.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
        if (!failure.isEmpty()) {
            throw new UnknownHostException(name + ": " + failure);
        }
        return List.of(InetAddress.getByName("8.8.8.8"));
    }

    @AfterEach
    void close() {
        never.countDown();
        resolver.close();
    }

    private void pass(Duration length) {
        time.addAndGet(length.toNanos());
    }

    /** Of a kept failure Java says no more than the name: it can't be told then whether anybody answered. */
    @Test
    void java_keeps_no_failures() {
        assertThat(Security.getProperty("networkaddress.cache.negative.ttl")).isEqualTo("0");
    }

    private boolean finds(String host) throws Exception {
        return !resolver.addresses(host, LONG).isEmpty();
    }

    /** A thousand names of one zone that does not answer. */
    private void fillPit() {
        for (int i = 0; i < 1_000; i++) {
            resolver.refusals(List.of("n" + i + ".tar.pit"), Duration.ZERO);
        }
    }

    @Test
    void a_zone_that_does_not_answer_holds_up_no_other() throws Exception {
        fillPit();
        for (int i = 0; i < 100; i++) {
            assertThat(finds("h" + i + ".example.com")).isTrue();
        }
        assertThat(pits.get()).isLessThanOrEqualTo(4);
    }

    @Test
    void what_could_not_begin_says_so() {
        fillPit();
        assertThatThrownBy(() -> resolver.addresses("one-more.tar.pit", LONG)).isInstanceOf(NoPlaceException.class);
        assertThatThrownBy(() -> resolver.addresses("n0.tar.pit", Duration.ofMillis(700)))
                .isInstanceOf(UnknownHostException.class)
                .isNotInstanceOf(NoPlaceException.class);
    }

    @Test
    void an_old_answer_serves_for_a_day_where_nobody_answers() throws Exception {
        for (String why : new String[] {"Temporary failure in name resolution", "hangs"}) {
            failure = "";
            assertThat(finds("good." + why.charAt(0) + ".example")).isTrue();
            failure = why;
            pass(Duration.ofHours(23));
            assertThat(finds("good." + why.charAt(0) + ".example")).as(why).isTrue();
        }
        pass(Duration.ofHours(2));
        failure = "Temporary failure in name resolution";
        assertThatThrownBy(() -> finds("good.T.example"))
                .isInstanceOf(UnknownHostException.class)
                .hasMessageContaining(HostResolver.NO_RESOLVER);
    }

    /** Only who asks first finds out that it hangs. */
    @Test
    void many_that_need_a_lookup_that_hangs_do_not_all_wait_for_it() throws Exception {
        assertThat(finds("good.example")).isTrue();
        failure = "hangs";
        pass(Duration.ofMinutes(1));
        assertThat(finds("good.example")).isTrue();
        long begin = System.nanoTime();
        for (int i = 0; i < 100; i++) {
            assertThat(finds("good.example")).isTrue();
        }
        assertThat(Duration.ofNanos(System.nanoTime() - begin))
                .as("100 turns of 500 ms")
                .isLessThan(Duration.ofSeconds(20));
    }

    @Test
    void a_name_that_is_gone_is_gone_after_ten_minutes() throws Exception {
        assertThat(finds("gone.example")).isTrue();
        failure = "Name or service not known";
        pass(Duration.ofMinutes(9));
        assertThat(finds("gone.example")).isTrue();
        pass(Duration.ofMinutes(2));
        assertThatThrownBy(() -> finds("gone.example")).hasMessage("no address found for gone.example");
    }

    @Test
    void known_hosts_have_threads_of_their_own() throws Exception {
        assertThat(finds("good.example")).isTrue();
        for (int i = 0; i < 40; i++) {
            resolver.refusals(List.of("x.zone" + i + ".tar.pit"), Duration.ZERO);
        }
        failure = "hangs";
        for (int i = 0; i < 40; i++) {
            resolver.refusals(List.of("x.zone" + i + ".example"), Duration.ZERO);
        }
        failure = "";
        pass(Duration.ofMinutes(1));
        // A fresh answer, and not an old one: that would be gone after two days.
        assertThat(finds("good.example")).isTrue();
        pass(Duration.ofHours(24).minusSeconds(30));
        failure = "Temporary failure in name resolution";
        assertThat(finds("good.example")).isTrue();
    }

    @Test
    void a_zone_is_a_registrable_domain() {
        assertThat(Lookups.zone("a.b.example.co.uk")).isEqualTo("example.co.uk");
        assertThat(Lookups.zone("a.b.example.com")).isEqualTo("example.com");
        assertThat(Lookups.zone("x.tar.pit")).isEqualTo("tar.pit");
        assertThat(Lookups.zone("localhost")).isEqualTo("localhost");
        assertThat(Lookups.zone("co.uk")).isEqualTo("co.uk");
    }
}
