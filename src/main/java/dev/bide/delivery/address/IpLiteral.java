package dev.bide.delivery.address;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A host that is an address and not a name, in whatever spelling somebody's parser takes for one.
 *
 * <p>Source: the IPv4 parser of the WHATWG URL Standard: one to four parts, decimal, octal ({@code 0177}) or hex
 * ({@code 0x7f}), the last part filling what is left ({@code 127.1}, {@code 2130706433}). Parsers differ: Java reads
 * {@code 0177.0.0.1} as 177.0.0.1, curl as 127.0.0.1. So what is spelled oddly is recognised here and sent nowhere.
 *
 * @param usual whether it is spelled as {@code a.b.c.d} in plain decimal, or is IPv6
 */
record IpLiteral(InetAddress address, boolean usual) {

    /** Empty where the host is a name. Never looks one up. */
    static Optional<IpLiteral> parse(String host) {
        if (host.indexOf(':') >= 0) {
            return Optional.ofNullable(host.indexOf('%') >= 0 || host.indexOf('[') >= 0 ? null : inet(host))
                    .map(address -> new IpLiteral(address, true));
        }
        String bare = host.endsWith(".") ? host.substring(0, host.length() - 1) : host;
        String[] parts = bare.split("\\.", -1);
        if (parts.length > 4) {
            return Optional.empty();
        }
        long value = 0;
        boolean usual = parts.length == 4 && bare.length() == host.length();
        for (int i = 0; i < parts.length; i++) {
            long part = number(parts[i]);
            boolean last = i == parts.length - 1;
            if (part < 0 || part >= (last ? 1L << (8 * (5 - parts.length)) : 256)) {
                return Optional.empty();
            }
            usual &= Long.toString(part).equals(parts[i]);
            value = last ? (value << (8 * (5 - parts.length))) | part : (value << 8) | part;
        }
        byte[] bytes = {(byte) (value >> 24), (byte) (value >> 16), (byte) (value >> 8), (byte) value};
        try {
            return Optional.of(new IpLiteral(InetAddress.getByAddress(bytes), usual));
        } catch (UnknownHostException e) {
            throw new IllegalStateException("four bytes are an address", e);
        }
    }

    /** Whether the last label is a number, in which case the host can only be an address, or nothing at all. */
    static boolean endsInNumber(String host) {
        String bare = host.endsWith(".") ? host.substring(0, host.length() - 1) : host;
        String last = bare.substring(bare.lastIndexOf('.') + 1);
        return !last.isEmpty() && (last.chars().allMatch(c -> c >= '0' && c <= '9') || number(last) >= 0);
    }

    /** -1 where it is no number. */
    private static long number(String part) {
        int radix = 10;
        String digits = part;
        if (part.startsWith("0x") || part.startsWith("0X")) {
            radix = 16;
            digits = part.substring(2);
        } else if (part.length() > 1 && part.startsWith("0")) {
            radix = 8;
            digits = part.substring(1);
        } else if (part.isEmpty()) {
            return -1;
        }
        long value = 0;
        for (int i = 0; i < digits.length(); i++) {
            char c = digits.charAt(i);
            int digit = c < 128 ? Character.digit(c, radix) : -1;
            if (digit < 0) {
                return -1;
            }
            value = Math.min(value * radix + digit, 1L << 33);
        }
        return value;
    }

    private static @Nullable InetAddress inet(String host) {
        try {
            // A colon makes Java parse and never look up.
            return InetAddress.getByName(host);
        } catch (UnknownHostException e) {
            return null;
        }
    }
}
