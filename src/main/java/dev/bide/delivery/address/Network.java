package dev.bide.delivery.address;

import java.net.InetAddress;

/** A range of addresses, written {@code address/bits}. An IPv4 network holds no IPv6 address, nor the other way round. */
public record Network(InetAddress address, int bits) {

    public Network {
        int width = address.getAddress().length * 8;
        if (bits < 0 || bits > width) {
            throw new IllegalArgumentException(
                    "network " + address.getHostAddress() + "/" + bits + " must have 0 to " + width + " bits");
        }
    }

    /** @throws IllegalArgumentException unless the text is an address in its usual spelling, with or without bits */
    public static Network parse(String text) {
        int slash = text.indexOf('/');
        String host = slash < 0 ? text : text.substring(0, slash);
        InetAddress address = IpLiteral.parse(host)
                .filter(IpLiteral::usual)
                .orElseThrow(() -> new IllegalArgumentException("network '" + text + "' must be address/bits"))
                .address();
        if (slash < 0) {
            return new Network(address, address.getAddress().length * 8);
        }
        try {
            return new Network(address, Integer.parseInt(text.substring(slash + 1)));
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("network '" + text + "' must be address/bits", e);
        }
    }

    boolean contains(InetAddress candidate) {
        byte[] ours = address.getAddress();
        byte[] theirs = candidate.getAddress();
        if (ours.length != theirs.length) {
            return false;
        }
        int whole = bits / 8;
        for (int i = 0; i < whole; i++) {
            if (ours[i] != theirs[i]) {
                return false;
            }
        }
        int rest = bits % 8;
        return rest == 0 || ((ours[whole] ^ theirs[whole]) & 0xff) >> (8 - rest) == 0;
    }
}
