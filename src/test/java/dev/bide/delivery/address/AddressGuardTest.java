package dev.bide.delivery.address;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetAddress;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AddressGuardTest {

    private final AddressGuard guard = new AddressGuard(List.of());

    @ParameterizedTest
    @ValueSource(
            strings = {
                "0.0.0.0",
                "0.1.2.3",
                "10.0.0.1",
                "10.255.255.255",
                "100.64.0.1",
                "100.127.255.255",
                "100.100.100.200",
                "127.0.0.1",
                "127.255.255.254",
                "169.254.169.254",
                "169.254.170.2",
                "172.16.0.1",
                "172.31.255.255",
                "192.0.0.192",
                "192.0.2.1",
                "192.88.99.1",
                "192.168.0.1",
                "198.18.0.1",
                "198.19.255.255",
                "198.51.100.1",
                "203.0.113.9",
                "224.0.0.1",
                "239.255.255.255",
                "240.0.0.1",
                "255.255.255.255",
                "168.63.129.16",
                "::",
                "::1",
                "::7f00:1",
                "::ffff:127.0.0.1",
                "::ffff:a9fe:a9fe",
                "64:ff9b::7f00:1",
                "64:ff9b::a00:1",
                "64:ff9b::a9fe:a9fe",
                "64:ff9b:1::1",
                "100::1",
                "fc00::1",
                "fd00:ec2::254",
                "fe80::1",
                "fec0::1",
                "ff02::1",
                "2001::1",
                "2001:10::1",
                "2001:db8::1",
                "2002:7f00:1::",
                "2002:808:808::",
                "3fff::1",
                "4000::1",
                "5f00::1"
            })
    void refuses_what_is_not_public(String address) throws Exception {
        assertThat(guard.refusal(InetAddress.getByName(address))).as(address).isPresent();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "1.1.1.1",
                "8.8.8.8",
                "9.255.255.255",
                "11.0.0.0",
                "100.63.255.255",
                "100.128.0.0",
                "126.255.255.255",
                "128.0.0.0",
                "169.253.255.255",
                "169.255.0.0",
                "172.15.255.255",
                "172.32.0.0",
                "192.167.255.255",
                "192.169.0.0",
                "198.17.255.255",
                "198.20.0.0",
                "223.255.255.255",
                "2606:4700::1111",
                "2a00:1450:4001::200e",
                "::ffff:8.8.8.8"
            })
    void allows_what_is_public(String address) throws Exception {
        assertThat(guard.refusal(InetAddress.getByName(address))).as(address).isEmpty();
    }

    @Test
    void allowed_networks_open_what_they_hold_and_nothing_else() throws Exception {
        AddressGuard open = new AddressGuard(
                List.of(Network.parse("127.0.0.0/8"), Network.parse("10.1.128.0/17"), Network.parse("fd00::/8")));
        assertThat(open.allows(InetAddress.getByName("127.9.9.9"))).isTrue();
        assertThat(open.allows(InetAddress.getByName("::ffff:127.9.9.9"))).isTrue();
        assertThat(open.allows(InetAddress.getByName("10.1.128.0"))).isTrue();
        assertThat(open.allows(InetAddress.getByName("10.1.255.255"))).isTrue();
        assertThat(open.allows(InetAddress.getByName("10.1.127.255"))).isFalse();
        assertThat(open.allows(InetAddress.getByName("10.2.128.0"))).isFalse();
        assertThat(open.allows(InetAddress.getByName("fdff::1"))).isTrue();
        assertThat(open.allows(InetAddress.getByName("fc00::1"))).isFalse();
        assertThat(open.allows(InetAddress.getByName("::1"))).isFalse();
    }

    @Test
    void a_network_may_be_one_address_or_all() throws Exception {
        assertThat(Network.parse("127.0.0.1").contains(InetAddress.getByName("127.0.0.1")))
                .isTrue();
        assertThat(Network.parse("127.0.0.1").contains(InetAddress.getByName("127.0.0.2")))
                .isFalse();
        assertThat(Network.parse("0.0.0.0/0").contains(InetAddress.getByName("10.0.0.1")))
                .isTrue();
        assertThat(Network.parse("0.0.0.0/0").contains(InetAddress.getByName("::1")))
                .isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "/", "localhost/8", "127.1/8", "127.0.0.0/33", "::1/129", "1.2.3.4/-1", "1.2.3.4/x"})
    void refuses_what_is_no_network(String text) {
        assertThatThrownBy(() -> Network.parse(text)).isInstanceOf(IllegalArgumentException.class);
    }

    @ParameterizedTest
    @CsvSource({
        "127.0.0.1, 127.0.0.1, true",
        "2130706433, 127.0.0.1, false",
        "0x7f000001, 127.0.0.1, false",
        "0X7F.1, 127.0.0.1, false",
        "017700000001, 127.0.0.1, false",
        "0177.0.0.1, 127.0.0.1, false",
        "127.1, 127.0.0.1, false",
        "127.0.1, 127.0.0.1, false",
        "127.0.0.1., 127.0.0.1, false",
        "127.0.0.01, 127.0.0.1, false",
        "0, 0.0.0.0, false",
        "0x, 0.0.0.0, false",
        "10.0.258, 10.0.1.2, false",
        "169.16689662, 169.254.169.254, false",
        "0xa9fea9fe, 169.254.169.254, false",
        "[::1], none, false",
        "::1, 0:0:0:0:0:0:0:1, true",
        "256.0.0.1, none, false",
        "4294967296, none, false",
        "99999999999999999999999999, none, false",
        "1.2.3.4.5, none, false",
        "1..2.3, none, false",
        "08.0.0.1, none, false",
        "fe80::1%eth0, none, false",
        "example.com, none, false",
        "a.0x7f, none, false",
        "'', none, false",
    })
    void knows_an_address_in_any_spelling(String host, String address, boolean usual) {
        var literal = IpLiteral.parse(host);
        assertThat(literal.map(found -> found.address().getHostAddress()).orElse("none"))
                .isEqualTo(address);
        assertThat(literal.map(IpLiteral::usual).orElse(false)).isEqualTo(usual);
    }
}
