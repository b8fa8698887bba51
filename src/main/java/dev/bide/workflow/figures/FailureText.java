package dev.bide.workflow.figures;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What went wrong, without what differs from one failure to the next, so that like meets like. A pure function; whoever changes it changes {@link Death#RULES} with it.
 *
 * <p>In one pass, so that nothing is replaced twice: where several rules fit at one place the first does. Words stay, in quotes too. A number in the middle of a word
 * stays as well: it is part of a name, as in {@code sha256}.
 */
final class FailureText {
    /** Of an answer, whose status is told apart from its text. */
    private static final Pattern STATUS = Pattern.compile("answer -?\\d+: ");

    /** Not in the middle of a word or number. */
    private static final String BEGINS = "(?<![\\p{L}\\d])";

    private static final String ENDS = "(?![\\p{L}\\d])";

    private static final String URL =
            "[A-Za-z][A-Za-z0-9+.-]{0,20}://[^\\s\"'<>()\\[\\]{}]+(?:\\[[0-9a-fA-F:.]+\\][^\\s\"'<>()\\[\\]{}]*)?";
    private static final String MAIL = "[A-Za-z0-9._%+-]{1,64}+@[A-Za-z0-9-]{1,63}(?:\\.[A-Za-z0-9-]{1,63})+";
    private static final String ID = "[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}" + ENDS;
    private static final String CLOCK = "\\d{1,2}:\\d{2}(?::\\d{2}(?:[.,]\\d+)?)?(?:Z|[+-]\\d{2}:?\\d{2})?" + ENDS;
    private static final String DAY_OF_MAILS =
            "(?:(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun), )?\\d{1,2} (?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) \\d{4}";
    private static final String TIME = "\\d{4}-\\d{2}-\\d{2}(?:[T ]" + CLOCK + "|" + ENDS + ")|" + DAY_OF_MAILS + "(?: "
            + CLOCK + ")?(?: GMT| UTC)?" + ENDS + "|" + CLOCK;
    private static final String PORT = "(?::\\d{1,5})?";
    private static final String V4 = "\\d{1,3}(?:\\.\\d{1,3}){3}" + PORT + "(?![\\p{L}\\d]|\\.\\d)";
    private static final String GROUPS = "[0-9a-fA-F]{1,4}(?::[0-9a-fA-F]{1,4}){0,6}";
    private static final String V6 =
            "(?:[0-9a-fA-F]{1,4}(?::[0-9a-fA-F]{1,4}){7}|(?:" + GROUPS + ")?::(?:" + GROUPS + ")?)(?![\\p{L}\\d:])";
    private static final String IN_BRACKETS = "\\[" + V6 + "\\]" + PORT;
    private static final String HEX =
            "0x[0-9a-fA-F]+" + ENDS + "|(?=[0-9]*[a-fA-F])(?=[a-fA-F]*[0-9])[0-9a-fA-F]{7,}+" + ENDS;
    private static final String TOKEN = "(?=[A-Za-z]*[0-9])(?=[0-9]*[A-Za-z])[A-Za-z0-9]{16,}+";
    private static final String NUMBER = "\\d+(?:[.,]\\d+)*";

    private static final Pattern DIFFERS = Pattern.compile("(?<space>\\s+)|" + BEGINS + "(?:"
            + "(?<url>" + URL + "|" + MAIL + ")"
            + "|(?<id>" + ID + ")"
            + "|(?<time>" + TIME + ")"
            + "|(?<address>" + V4 + "|" + IN_BRACKETS + "|" + V6 + ")"
            + "|(?<token>" + HEX + "|" + TOKEN + ")"
            + "|(?<number>" + NUMBER + "))");

    private FailureText() {}

    /** @param error of the last attempt; an answer without a text keeps its status */
    static String of(String error) {
        Matcher status = STATUS.matcher(error);
        String text = status.lookingAt() ? error.substring(status.end()) : error;
        if (text.equals(error) && error.matches("answer -?\\d+")) {
            return error;
        }
        String plain = withoutDifferences(text).strip();
        return plain.codePointCount(0, plain.length()) <= Death.LONGEST_TEXT
                ? plain
                : plain.substring(0, plain.offsetByCodePoints(0, Death.LONGEST_TEXT));
    }

    private static String withoutDifferences(String text) {
        Matcher found = DIFFERS.matcher(text);
        StringBuilder plain = new StringBuilder();
        while (found.find()) {
            found.appendReplacement(plain, word(found));
        }
        return found.appendTail(plain).toString();
    }

    private static String word(Matcher found) {
        if (found.group("space") != null) {
            return " ";
        }
        if (found.group("id") != null || found.group("token") != null) {
            return "{id}";
        }
        if (found.group("time") != null) {
            return "{time}";
        }
        return found.group("number") != null ? "{n}" : "{address}";
    }
}
