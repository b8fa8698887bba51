package dev.bide.json;

import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Takes the lists of a bulk call's body apart, before anybody reads it as JSON: by its brackets, strings and commas alone. So an item that
 * no parser takes is that item's fault, and the others are read. What is no JSON at all is found when the outline and the items are read.
 */
final class JsonItems {
    private static final int FIRST_LEVEL = 2;

    private final byte[] json;
    private final int most;
    private final ByteArrayOutputStream outline = new ByteArrayOutputStream();
    private int[] starts = new int[16];
    private int[] ends = new int[16];
    private int count;
    private int start = -1;
    private int copied;
    private final byte[] opened = new byte[FIRST_LEVEL + 1];
    private int depth;

    private JsonItems(byte[] json, int most) {
        this.json = json;
        this.most = most;
    }

    /**
     * @param most items whose places are kept
     */
    static JsonItems of(byte[] json, int most) {
        JsonItems items = new JsonItems(json, most);
        items.scan();
        return items;
    }

    /** Bytes of the body. */
    record Place(int start, int length) {}

    /** The body with a 0 in place of each element of the lists that its fields hold. */
    byte[] outline() {
        return outline.toByteArray();
    }

    /** Where the element {@code index} stands, of all those lists together; null beyond those that are kept. */
    @Nullable
    Place place(int index) {
        return index < Math.min(count, most) ? new Place(starts[index], ends[index] - starts[index]) : null;
    }

    private void scan() {
        for (int i = 0; i < json.length; i++) {
            byte c = json[i];
            switch (c) {
                case '"' -> {
                    begin(i);
                    i = endOfString(i);
                }
                case '{', '[' -> {
                    begin(i);
                    depth++;
                    if (depth <= FIRST_LEVEL) {
                        opened[depth] = c;
                    }
                }
                case '}', ']' -> {
                    end(i);
                    depth = Math.max(0, depth - 1);
                }
                case ',' -> end(i);
                case ' ', '\t', '\r', '\n' -> {}
                default -> begin(i);
            }
        }
        if (start < 0) {
            outline.write(json, copied, json.length - copied);
        }
    }

    private int endOfString(int quote) {
        int i = quote + 1;
        while (i < json.length && json[i] != '"') {
            i += json[i] == '\\' ? 2 : 1;
        }
        return i;
    }

    private boolean isInList() {
        return depth == FIRST_LEVEL && opened[1] == '{' && opened[FIRST_LEVEL] == '[';
    }

    private void begin(int at) {
        if (start < 0 && isInList()) {
            start = at;
            outline.write(json, copied, at - copied);
        }
    }

    private void end(int at) {
        if (start >= 0 && isInList()) {
            keep(at);
            outline.write('0');
            copied = at;
            start = -1;
        }
    }

    private void keep(int end) {
        if (count < most) {
            if (count == starts.length) {
                starts = Arrays.copyOf(starts, 2 * count);
                ends = Arrays.copyOf(ends, 2 * count);
            }
            starts[count] = start;
            ends[count] = end;
        }
        count++;
    }
}
