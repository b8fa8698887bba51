package dev.bide.loadtest;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Reads the 36 characters of a UUID without making a string of them. */
final class TimerId {
    static final int LENGTH = 36;
    private static final byte[] DIGITS = new byte[128];

    static {
        Arrays.fill(DIGITS, (byte) -1);
        for (int digit = 0; digit < 16; digit++) {
            DIGITS[Character.forDigit(digit, 16)] = (byte) digit;
        }
    }

    private TimerId() {}

    /** The first eight bytes of the id that begins at {@code from}. */
    static long mostSignificant(byte[] text, int from) {
        return digits(text, from, 8) << 32 | digits(text, from + 9, 4) << 16 | digits(text, from + 14, 4);
    }

    /** The last eight bytes of the id that begins at {@code from}. */
    static long leastSignificant(byte[] text, int from) {
        return digits(text, from + 19, 4) << 48 | digits(text, from + 24, 12);
    }

    private static long digits(byte[] text, int from, int count) {
        long value = 0;
        for (int index = from; index < from + count; index++) {
            int digit = text[index] < 0 ? -1 : DIGITS[text[index]];
            if (digit < 0) {
                throw new IllegalArgumentException(
                        "not an id: " + new String(text, from, count, StandardCharsets.ISO_8859_1));
            }
            value = value << 4 | digit;
        }
        return value;
    }
}
