package dev.bide.delivery.address;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Which addresses may be called: public ones, and those in the networks that the configuration allows. Immutable.
 *
 * <p>Source: the IANA special-purpose address registries for IPv4 and IPv6 (RFC 6890). Of IPv6 only 2000::/3 is in
 * public use; what hides an IPv4 address (6to4, Teredo, NAT64 by a prefix of somebody's own) is refused whatever it hides, and Java takes a mapped one for
 * the IPv4 address it is. An address of NAT64's well-known prefix (RFC 6052), which is how a network without IPv4 sees every IPv4 destination, is
 * as public as the one it stands for.
 */
public final class AddressGuard {

    private record Special(Network network, String kind) {}

    private static final List<Special> SPECIAL = Stream.of(
                    "0.0.0.0/8 this-host",
                    "10.0.0.0/8 private",
                    "100.64.0.0/10 shared (CGNAT)",
                    "127.0.0.0/8 loopback",
                    "169.254.0.0/16 link-local (metadata)",
                    "172.16.0.0/12 private",
                    "192.0.0.0/24 protocol-assignment",
                    "192.0.2.0/24 documentation",
                    "192.88.99.0/24 6to4",
                    "192.168.0.0/16 private",
                    "198.18.0.0/15 benchmarking",
                    "198.51.100.0/24 documentation",
                    "203.0.113.0/24 documentation",
                    "224.0.0.0/4 multicast",
                    "240.0.0.0/4 reserved",
                    // Azure's metadata and DNS service has a public address.
                    "168.63.129.16/32 metadata",
                    "::/128 unspecified",
                    "::1/128 loopback",
                    "::/96 IPv4-compatible",
                    "64:ff9b:1::/48 NAT64",
                    "fc00::/7 unique local",
                    "fe80::/10 link-local",
                    "fec0::/10 site-local",
                    "ff00::/8 multicast",
                    "2001::/32 Teredo",
                    "2001::/23 protocol-assignment",
                    "2001:db8::/32 documentation",
                    "2002::/16 6to4",
                    "3fff::/20 documentation")
            .map(line -> line.split(" ", 2))
            .map(parts -> new Special(Network.parse(parts[0]), parts[1]))
            .toList();

    private static final Network PUBLIC_IPV6 = Network.parse("2000::/3");

    private static final Network NAT64 = Network.parse("64:ff9b::/96");

    private final List<Network> allowed;

    public AddressGuard(List<Network> allowed) {
        this.allowed = List.copyOf(allowed);
    }

    boolean allows(InetAddress address) {
        return refusal(address).isEmpty();
    }

    /** Why the address may not be called, as "127.0.0.1 is a loopback address"; empty where it may. */
    public Optional<String> refusal(InetAddress address) {
        for (Network network : allowed) {
            if (network.contains(address)) {
                return Optional.empty();
            }
        }
        String kind = kind(address);
        return kind.isEmpty()
                ? Optional.empty()
                : Optional.of(address.getHostAddress() + " is not a public address (" + kind + ")");
    }

    private static String kind(InetAddress address) {
        if (NAT64.contains(address)) {
            String embedded = kind(embedded(address));
            return embedded.isEmpty() ? "" : "NAT64 of a " + embedded + " address";
        }
        for (Special special : SPECIAL) {
            if (special.network().contains(address)) {
                return special.kind();
            }
        }
        boolean ipv6 = address.getAddress().length == 16;
        return ipv6 && !PUBLIC_IPV6.contains(address) ? "reserved" : "";
    }

    private static InetAddress embedded(InetAddress address) {
        byte[] bytes = address.getAddress();
        try {
            return InetAddress.getByAddress(Arrays.copyOfRange(bytes, bytes.length - 4, bytes.length));
        } catch (UnknownHostException e) {
            throw new IllegalStateException("four bytes are an address", e);
        }
    }
}
