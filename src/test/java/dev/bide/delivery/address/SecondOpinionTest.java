package dev.bide.delivery.address;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bide.testing.Seed;
import inet.ipaddr.IPAddress;
import inet.ipaddr.IPAddressString;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Of a library that others have tested for years: what an address is, however it is spelled, what a network holds, and what is not public. */
class SecondOpinionTest {
    private static final int TRIES = 20_000;

    private final Random random = Seed.random();

    @Test
    void odd_spellings_are_the_same_address() throws Exception {
        for (int i = 0; i < TRIES; i++) {
            String spelled = spelled(random.nextInt());
            InetAddress theirs = new IPAddressString(spelled).toAddress().toInetAddress();
            assertThat(IpLiteral.parse(spelled).map(IpLiteral::address))
                    .as("%s (%s)", spelled, Seed.hint())
                    .contains(theirs);
        }
    }

    /** As {@code inet_aton} takes it: one to four parts, each decimal, octal or hexadecimal, the last one filling what is left. */
    private String spelled(int address) {
        long left = Integer.toUnsignedLong(address);
        int parts = 1 + random.nextInt(4);
        StringBuilder text = new StringBuilder();
        for (int part = 1; part < parts; part++) {
            text.append(number(left >>> 24)).append('.');
            left = left << 8 & 0xffffffffL;
        }
        return text.append(number(left >>> 8 * (parts - 1))).toString();
    }

    private String number(long value) {
        return switch (random.nextInt(3)) {
            case 0 -> Long.toString(value);
            case 1 -> "0" + Long.toOctalString(value);
            default -> "0x" + Long.toHexString(value);
        };
    }

    @Test
    void networks_hold_the_same() throws Exception {
        for (int i = 0; i < TRIES; i++) {
            byte[] base = bytes();
            byte[] candidate = near(base);
            int bits = random.nextInt(base.length * 8 + 1);
            Network ours = new Network(InetAddress.getByAddress(base), bits);
            IPAddress theirs = address(base).toPrefixBlock(bits);
            assertThat(ours.contains(InetAddress.getByAddress(candidate)))
                    .as("%s in %s (%s)", address(candidate), theirs, Seed.hint())
                    .isEqualTo(theirs.contains(address(candidate)));
        }
    }

    /** Mostly near one for which the library knows a purpose: such hardly come up by chance. What it calls public the guard may refuse all the same. */
    @Test
    void what_has_a_purpose_of_its_own_is_not_public() throws Exception {
        AddressGuard guard = new AddressGuard(List.of());
        List<byte[]> purposes = List.of(
                of(0),
                of(10),
                of(127),
                of(169, 254),
                of(172, 16),
                of(192, 168),
                of(224),
                of6(0),
                of6(0xfc),
                of6(0xfd),
                of6(0xfe, 0x80),
                of6(0xfe, 0xc0),
                of6(0xff),
                of6(0x20, 0x01),
                of6(0x20, 0x02));
        int special = 0;
        for (int i = 0; i < TRIES; i++) {
            byte[] bytes = random.nextInt(5) == 0 ? bytes() : near(purposes.get(random.nextInt(purposes.size())));
            IPAddress address = address(bytes);
            if (hasAPurpose(address)) {
                special++;
                assertThat(guard.refusal(InetAddress.getByAddress(bytes)))
                        .as("%s (%s)", address, Seed.hint())
                        .isPresent();
            }
        }
        assertThat(special).isGreaterThan(TRIES / 10);
    }

    private static boolean hasAPurpose(IPAddress address) {
        boolean ofAny =
                address.isUnspecified() || address.isLoopback() || address.isLinkLocal() || address.isMulticast();
        return address.isIPv4()
                ? ofAny || address.toIPv4().isPrivate()
                : ofAny
                        || address.toIPv6().isSiteLocal()
                        || address.toIPv6().isUniqueLocal()
                        || address.toIPv6().isTeredo()
                        || address.toIPv6().is6To4()
                        || address.toIPv6().isIPv4Compatible();
    }

    private static IPAddress address(byte[] bytes) throws UnknownHostException {
        return new IPAddressString(InetAddress.getByAddress(bytes).getHostAddress()).getAddress();
    }

    private byte[] bytes() {
        byte[] bytes = new byte[random.nextBoolean() ? 4 : 16];
        random.nextBytes(bytes);
        return bytes;
    }

    /** The same up to some bit, then as it comes. */
    private byte[] near(byte[] base) {
        byte[] near = base.clone();
        for (int bit = random.nextInt(base.length * 8 + 1); bit < base.length * 8; bit++) {
            if (random.nextBoolean()) {
                near[bit / 8] ^= (byte) (0x80 >> bit % 8);
            }
        }
        return near;
    }

    private static byte[] of(int... first) {
        return first(4, first);
    }

    private static byte[] of6(int... first) {
        return first(16, first);
    }

    private static byte[] first(int length, int... first) {
        byte[] bytes = new byte[length];
        for (int i = 0; i < first.length; i++) {
            bytes[i] = (byte) first[i];
        }
        return bytes;
    }
}
