package dev.bide.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bide.delivery.DeliveryOutcome.Delivered;
import dev.bide.delivery.DeliveryOutcome.Refused;
import dev.bide.delivery.DeliveryOutcome.Retryable;
import dev.bide.delivery.address.AddressGuard;
import dev.bide.delivery.address.BlockedAddressException;
import dev.bide.delivery.connection.GuardedSocketFactory;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Nothing is called that may not be, whatever the url or DNS says. 127.0.0.2 is allowed here, 127.0.0.1 is not. */
class DelivererAddressesIT {

    private final Map<String, List<String>> names = new ConcurrentHashMap<>();
    private final AtomicInteger lookups = new AtomicInteger();
    private final CountDownLatch never = new CountDownLatch(1);
    private final Delivery delivery =
            new DeliveryConfiguration().allowing("127.0.0.2/32").build(InstantSource.system(), this::lookup);
    private RawServer forbidden;

    private List<InetAddress> lookup(String name) throws UnknownHostException {
        lookups.incrementAndGet();
        if (name.equals("hangs.example")) {
            try {
                never.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
        List<String> literals = names.get(name);
        if (literals == null) {
            throw new UnknownHostException(name);
        }
        InetAddress[] addresses = new InetAddress[literals.size()];
        for (int i = 0; i < addresses.length; i++) {
            addresses[i] = InetAddress.getByName(literals.get(i));
        }
        return List.of(addresses);
    }

    @BeforeEach
    void start() throws Exception {
        forbidden = new RawServer(connection -> {
            connection.request();
            connection.answer("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
        });
    }

    @AfterEach
    void stop() throws Exception {
        never.countDown();
        delivery.close();
        forbidden.close();
    }

    private DeliveryOutcome post(String host) {
        return delivery.deliverer()
                .deliver(Requests.post("http://" + host + ":" + forbidden.port() + "/", Duration.ofSeconds(2)));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "127.0.0.1",
                "2130706433",
                "127.1",
                "0x7f.0.0.1",
                "0177.0.0.1",
                "[::ffff:127.0.0.1]",
                "[::1]",
                "0",
                "0.0.0.0",
                "127.0.0.1.",
                "10.0.0.1",
                "169.254.169.254",
                "177.0.0.1.",
                "localhost"
            })
    void nothing_forbidden_is_connected_to(String host) {
        names.put("localhost", List.of("127.0.0.1", "::1"));
        DeliveryOutcome outcome = post(host);
        if (!host.startsWith("177")) {
            assertThat(outcome).isInstanceOf(Refused.class);
            assertThat(((Refused) outcome).error()).startsWith("must not be called: ");
        }
        assertThat(forbidden.connections()).isZero();
    }

    @Test
    void a_name_is_checked_by_what_it_resolves_to() {
        names.put("inside.example", List.of("127.0.0.1"));
        Refused outcome = (Refused) post("inside.example");
        assertThat(outcome.error())
                .isEqualTo("must not be called: inside.example: 127.0.0.1 is not a public address (loopback)");
        assertThat(forbidden.connections()).isZero();
    }

    @Test
    void of_several_addresses_only_the_allowed_are_connected_to() throws Exception {
        names.put("both.example", List.of("127.0.0.1", "127.0.0.2", "::1"));
        // Nobody listens on 127.0.0.2: had 127.0.0.1 been tried, the call would have been delivered.
        assertThat(post("both.example")).isInstanceOf(Retryable.class);
        assertThat(forbidden.connections()).isZero();
    }

    /** The name is public when the guard looks, and private when the socket connects: one lookup serves both. */
    @Test
    void a_name_that_changes_between_the_check_and_the_call_is_not_looked_up_twice() {
        names.put("rebinds.example", List.of("127.0.0.2"));
        post("rebinds.example");
        names.put("rebinds.example", List.of("127.0.0.1"));
        assertThat(post("rebinds.example")).isInstanceOf(Retryable.class);
        assertThat(lookups.get()).isEqualTo(1);
        assertThat(forbidden.connections()).isZero();
    }

    @Test
    void the_socket_itself_refuses() {
        AddressGuard guard = new AddressGuard(List.of());
        GuardedSocketFactory sockets = new GuardedSocketFactory(guard);
        org.assertj.core.api.Assertions.assertThatThrownBy(() -> {
                    try (var socket = sockets.createSocket()) {
                        socket.connect(new java.net.InetSocketAddress("127.0.0.1", forbidden.port()), 1_000);
                    }
                })
                .isInstanceOf(BlockedAddressException.class);
        assertThat(forbidden.connections()).isZero();
    }

    @Test
    void a_redirect_into_the_private_network_is_not_followed() throws Exception {
        try (RawServer outside = new RawServer(connection -> {
            connection.request();
            connection.answer("HTTP/1.1 302 Found\r\nLocation: " + forbidden.url() + "\r\nContent-Length: 0\r\n\r\n");
        })) {
            Delivery open = new DeliveryConfiguration().allowing("127.0.0.0/8").build(InstantSource.system());
            try (open) {
                Refused outcome = (Refused) open.deliverer().deliver(Requests.post(outside.url()));
                assertThat(outcome.httpStatus()).isEqualTo(302);
                assertThat(forbidden.connections()).isZero();
            }
        }
    }

    @Test
    void a_name_without_an_address_is_worth_another_attempt() {
        Retryable outcome = (Retryable) post("nobody.example");
        assertThat(outcome.error()).isEqualTo("DNS: no address found for nobody.example");
    }

    @Test
    void a_lookup_that_hangs_ends_with_the_timeout() {
        Retryable outcome = (Retryable)
                delivery.deliverer().deliver(Requests.post("http://hangs.example/", Duration.ofMillis(200)));
        assertThat(outcome.error()).isEqualTo("DNS: no answer from DNS for hangs.example");
    }

    @Test
    void the_jvms_proxies_are_not_used() throws Exception {
        try (RawServer proxy = new RawServer(RawServer.Connection::hang);
                RawServer thirdParty = new RawServer(connection -> {
                    connection.request();
                    connection.answer("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
                })) {
            Map<String, String> settings = Map.of(
                    "http.proxyHost", "127.0.0.1",
                    "http.proxyPort", Integer.toString(proxy.port()),
                    "http.nonProxyHosts", "",
                    "socksProxyHost", "127.0.0.1",
                    "socksNonProxyHosts", "",
                    "socksProxyPort", Integer.toString(proxy.port()));
            settings.forEach(System::setProperty);
            try (Delivery open =
                    new DeliveryConfiguration().allowing("127.0.0.0/8").build(InstantSource.system())) {
                assertThat(open.deliverer().deliver(Requests.post(thirdParty.url())))
                        .isInstanceOf(Delivered.class);
            } finally {
                settings.keySet().forEach(System::clearProperty);
            }
            assertThat(proxy.connections()).isZero();
        }
    }
}
