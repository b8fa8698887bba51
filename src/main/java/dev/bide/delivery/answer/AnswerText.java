package dev.bide.delivery.answer;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.CharBuffer;
import java.nio.charset.Charset;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CodingErrorAction;
import java.util.Locale;
import java.util.Set;
import okhttp3.MediaType;
import okio.ByteString;
import org.jspecify.annotations.Nullable;

/**
 * The beginning of an answer.
 *
 * @param type that it is said to have
 */
public record AnswerText(ByteString bytes, @Nullable MediaType type) {
    public static final AnswerText NONE = new AnswerText(ByteString.EMPTY, null);

    /** Bytes that tell what went wrong. */
    private static final int OF_ERRORS = 256;

    private static final Set<String> NO_TEXTS = Set.of("image", "audio", "video", "font");

    private static final int REPLACEMENT = 0xfffd;

    /** Of the characters of a text one in so many may be none; of what is no text, far more are. */
    private static final int FEW = 10;

    /** For a line that says what went wrong. */
    public String ofError() {
        return bytes.substring(0, Math.min(OF_ERRORS, bytes.size())).string(UTF_8);
    }

    /**
     * The text, whole characters only, without control characters but tabs and line feeds, so that it can be kept and shown; null where it is none.
     */
    public @Nullable String text() {
        if (bytes.size() == 0 || isNoText()) {
            return null;
        }
        StringBuilder text = new StringBuilder();
        decoded().codePoints().map(AnswerText::shown).forEach(text::appendCodePoint);
        long replaced = text.chars().filter(c -> c == REPLACEMENT).count();
        return text.isEmpty() || replaced * FEW > text.length() ? null : text.toString();
    }

    private boolean isNoText() {
        if (type == null) {
            return false;
        }
        return NO_TEXTS.contains(type.type().toLowerCase(Locale.ROOT))
                || type.subtype().equalsIgnoreCase("octet-stream");
    }

    /** What is left of a character at the end is left out. */
    private String decoded() {
        Charset charset = type == null ? UTF_8 : type.charset(UTF_8);
        CharsetDecoder decoder = charset.newDecoder()
                .onMalformedInput(CodingErrorAction.REPLACE)
                .onUnmappableCharacter(CodingErrorAction.REPLACE);
        CharBuffer characters = CharBuffer.allocate((int) Math.ceil(bytes.size() * decoder.maxCharsPerByte()));
        decoder.decode(bytes.asByteBuffer(), characters, false);
        return characters.flip().toString().replace("\r\n", "\n").replace('\r', '\n');
    }

    private static int shown(int codePoint) {
        boolean loneSurrogate = codePoint >= Character.MIN_SURROGATE && codePoint <= Character.MAX_SURROGATE;
        boolean control = Character.isISOControl(codePoint) && codePoint != '\t' && codePoint != '\n';
        return loneSurrogate || control ? REPLACEMENT : codePoint;
    }
}
