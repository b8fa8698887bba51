package dev.bide.json;

/** Text that may hold what somebody sent, made fit to be answered. */
public final class PlainText {
    private static final int LONGEST = 500;

    private PlainText() {}

    /** At most 500 characters, without control characters and broken surrogates, which JSON could not be written with. */
    public static String of(String text) {
        StringBuilder plain = new StringBuilder(Math.min(text.length(), LONGEST));
        text.codePoints().limit(LONGEST).map(c -> isPlain(c) ? c : 0xfffd).forEach(plain::appendCodePoint);
        return plain.toString();
    }

    /** Whether {@code text} holds no control characters and no broken surrogates. */
    public static boolean isPlain(String text) {
        return text.codePoints().allMatch(PlainText::isPlain);
    }

    private static boolean isPlain(int codePoint) {
        return !Character.isISOControl(codePoint) && !isLoneSurrogate(codePoint);
    }

    private static boolean isLoneSurrogate(int codePoint) {
        return codePoint >= Character.MIN_SURROGATE && codePoint <= Character.MAX_SURROGATE;
    }

    /** Whether {@code text} is whole Unicode: no half of a surrogate pair stands alone. */
    public static boolean isWhole(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (Character.isSurrogate(text.charAt(i))) {
                return text.codePoints().noneMatch(PlainText::isLoneSurrogate);
            }
        }
        return true;
    }
}
